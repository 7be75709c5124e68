namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>Distinct outcomes of one boot of a camera in a batch.</summary>
internal sealed class BootCount(string line)
{
    public string Line { get; } = line;
    public long Outcomes { get; set; }
    public DateTimeOffset Last { get; set; }
}
