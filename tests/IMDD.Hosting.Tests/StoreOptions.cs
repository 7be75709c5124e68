using System.ComponentModel.DataAnnotations;

namespace IMDD.Hosting.Tests;

public sealed class StoreOptions
{
    public const string Section = "Edge:Store";

    [Required]
    public string Directory { get; set; } = "";

    [Range(1L << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 2L << 30;

    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(3);

    public StorePolicy WhenFull { get; set; }

    public IReadOnlyList<int> Lanes { get; set; } = [];

    public double? Ratio { get; set; }

    public string? Password { get; set; }
}
