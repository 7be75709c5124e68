namespace IMDD.Contracts.Audit;

/// <summary>A page of an audit log.</summary>
/// <param name="Entries">In order.</param>
/// <param name="HeadSequence">The newest entry's sequence, on whatever page it is; 0: none.</param>
/// <param name="HeadHash">Its hash; whoever keeps it elsewhere can tell later that nothing before it was changed.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long HeadSequence, string HeadHash);
