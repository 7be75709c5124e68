using System.Globalization;

namespace IMDD.Cli.Demo;

/// <summary>The result for a person.</summary>
internal static class DemoReport
{
    public static void Write(TextWriter output, DemoResult result)
    {
        Line("sent", result.Sent);
        Line("passed", result.Passed);
        Line("failed", result.Failed);
        Line("undecided", result.Undecided.Count == 0
            ? "0"
            : string.Join(", ", result.Undecided.Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Value} {reason.Key}"))));
        Line("confirmed by Kafka", result.Confirmed);
        Line("aggregated", result.Aggregated);
        Line("conservation error", result.ConservationError);
        if (result.LatencyMs is { } latency)
        {
            Line("latency, ms", string.Create(CultureInfo.InvariantCulture, $"p50 {latency.P50}, p95 {latency.P95}, p99 {latency.P99}"));
        }

        Line("frames per second", result.FramesPerSecond);

        void Line<T>(string name, T value) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20}{value}"));
    }
}
