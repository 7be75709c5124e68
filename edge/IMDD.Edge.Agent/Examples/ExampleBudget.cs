namespace IMDD.Edge.Agent.Examples;

/// <summary>How many examples may be sent.</summary>
public sealed class ExampleBudget
{
    /// <summary>Largest number that is taken.</summary>
    public const int Most = 1_000_000;

    /// <summary>In a minute (UTC).</summary>
    public int PerMinute { get; set; }

    /// <summary>In an hour.</summary>
    public int PerHour { get; set; }

    /// <summary>In a day.</summary>
    public int PerDay { get; set; }
}
