using System.Text.Json;

namespace IMDD.Learning.Trainer.Tests;

public sealed class BenchSegmenterCommandTests
{
    private static readonly string[] Bench = ["bench", "segmenter", "--size", "nano", "--runs", "1", "--threads", "1", "--python", "no-such-interpreter", "--json"];

    /// <summary>The bench itself refuses bare operations that are not the network's.</summary>
    [Fact]
    public async Task Bench_OfASmallFrame_MeasuresEveryKind()
    {
        StringWriter output = new(), error = new();

        (await TrainerCommand.RunAsync([.. Bench, "--side", "64"], output, error)).ShouldBe(0, error.ToString());

        using var result = JsonDocument.Parse(output.ToString());
        foreach (var name in (string[])["fp32_p50_ms", "int8_p50_ms", "eager_p50_ms", "step_ms", "bare_step_ms"])
        {
            result.RootElement.GetProperty(name).GetDouble().ShouldBeGreaterThan(0, name);
        }

        result.RootElement.GetProperty("python").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Bench_OfASideThatIsNoMultipleOfTheStride_SaysWhatWasExpected()
    {
        StringWriter error = new();

        (await TrainerCommand.RunAsync([.. Bench, "--side", "100"], TextWriter.Null, error)).ShouldNotBe(0);

        error.ToString().ShouldContain("expected a multiple of 32");
    }
}
