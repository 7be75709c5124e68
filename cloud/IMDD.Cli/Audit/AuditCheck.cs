using IMDD.Contracts.Audit;

namespace IMDD.Cli.Audit;

/// <summary>Follows a chain from its first entry, page by page.</summary>
internal sealed class AuditCheck
{
    private string _hash = AuditChain.Start;

    /// <summary>The last entry that was good; 0: none yet.</summary>
    public long Sequence { get; private set; }

    /// <summary>What is wrong, at the first place where something is; null: nothing so far.</summary>
    public string? Fault { get; private set; }

    /// <summary>Takes the next entries.</summary>
    public void Take(IEnumerable<AuditEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (Fault is not null)
            {
                return;
            }

            if (entry.Sequence != Sequence + 1)
            {
                Fault = $"Entry {Sequence + 1} is missing: the next is {entry.Sequence}.";
            }
            else if (AuditChain.HashOf(_hash, entry) != entry.Hash)
            {
                Fault = $"Entry {entry.Sequence} ({entry.Time:O}, {entry.Action}) is not what was written, or another was before it.";
            }
            else
            {
                (Sequence, _hash) = (entry.Sequence, entry.Hash);
            }
        }
    }

    /// <summary>Compares with the head once all entries are taken.</summary>
    public void End(AuditPage page)
    {
        if (Fault is null && (page.HeadSequence != Sequence || page.HeadHash != _hash))
        {
            Fault = $"The log ends with entry {Sequence}: expected {page.HeadSequence}, {page.HeadHash}.";
        }
    }
}
