using System.Text.Json.Serialization;

namespace IMDD.Cli.Bench;

/// <summary>What <c>imdd bench edge --json</c> prints: of each figure the worst over the models, and beside it each model's own.</summary>
internal sealed record EdgeBenchReport
{
    public required double AgentOverBare { get; init; }
    public required double FramesPerSecond { get; init; }

    /// <summary>Of the model whose p99 takes more of its limit, with that limit.</summary>
    public required LatencyFigures LatencyMs { get; init; }

    /// <inheritdoc cref="LatencyMs"/>
    public required double LatencyP99LimitMs { get; init; }

    public required double RssMb { get; init; }
    public required double RssSlopeMbPer1000 { get; init; }
    public required double StoreOutcomesPerSecond { get; init; }

    /// <summary>Targets that a model did not meet: <c>model: key</c>.</summary>
    public required IReadOnlyList<string> Missed { get; init; }

    /// <summary>Each model's figures, in the order in which they were measured.</summary>
    [JsonPropertyName("models")]
    public required IReadOnlyList<EdgeBenchResult> Results { get; init; }

    /// <summary>Puts the figures of one or more models together.</summary>
    public static EdgeBenchReport Of(IReadOnlyList<EdgeBenchResult> results)
    {
        var slowest = results.MaxBy(result => result.LatencyMs.P99 / result.LatencyP99LimitMs)!;
        return new EdgeBenchReport
        {
            AgentOverBare = results.Min(result => result.AgentOverBare),
            FramesPerSecond = results.Min(result => result.FramesPerSecond),
            LatencyMs = slowest.LatencyMs,
            LatencyP99LimitMs = slowest.LatencyP99LimitMs,
            RssMb = results.Max(result => result.RssMb),
            RssSlopeMbPer1000 = results.Max(result => result.RssSlopeMbPer1000),
            StoreOutcomesPerSecond = results.Min(result => result.StoreOutcomesPerSecond),
            Missed = [.. results.SelectMany(result => result.Missed.Select(key => $"{result.Model}: {key}"))],
            Results = results,
        };
    }
}
