using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent.Evidence;

/// <summary>Pictures of failed frames, and masks too large for an event: how many are stored, and how long an event waits for its own.</summary>
public sealed class EvidenceOptions
{
    public const string Section = "Edge:Evidence";

    /// <summary>False: no picture is stored, and a large mask is given up for its contour.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Bytes of pictures and masks per day (UTC); above it defect events go out without one, and are counted.</summary>
    [Range(0, 1L << 50)]
    public long BytesPerDay { get; set; } = 20L << 30;

    /// <summary>Bytes that may wait on this box for the blob store.</summary>
    [Range(1 << 20, 1L << 40)]
    public long SpoolMaxBytes { get; set; } = 2L << 30;

    /// <summary>How long a defect event waits for the address of its picture and of its large masks.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan BlobWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A picture that could not be stored for this long is given up.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>Pictures stored at the same time.</summary>
    [Range(1, 32)]
    public int Parallel { get; set; } = 2;

    /// <summary>Longest wait between two attempts to store a picture.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);
}
