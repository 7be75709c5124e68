using System.Globalization;
using System.Text.Json.Nodes;
using IMDD.Imaging;
using IMDD.Messaging.Embedded;
using IMDD.Testing;

namespace IMDD.Cli.Tests;

public sealed class DemoCommandTests
{
    private const int Frames = 24;

    [Fact]
    public async Task Demo_SyntheticSurfaces_EveryFrameHasItsOutcomeAndIsCounted()
    {
        var (exitCode, output, error) = await DemoAsync("--cameras", "2");

        exitCode.ShouldBe(0, error);
        var result = Result(output);
        Number(result, "sent").ShouldBe(Frames);
        Number(result, "conservation_error").ShouldBe(0);
        Number(result, "aggregated").ShouldBe(Frames);
        Number(result, "confirmed").ShouldBe(Frames);
        Number(result, "published").ShouldBeGreaterThanOrEqualTo(Frames);
        (Number(result, "passed") + Number(result, "failed") + Undecided(result)).ShouldBe(Frames);
        var latency = result["latency_ms"]!;
        var (p50, p99) = ((double)latency["p50"]!, (double)latency["p99"]!);
        p50.ShouldBeGreaterThan(0);
        p99.ShouldBeGreaterThanOrEqualTo(p50);
        ((double)result["frames_per_second"]!).ShouldBeGreaterThan(0);
        error.ShouldContain("http://127.0.0.1:");
    }

    [Fact]
    public async Task Demo_WithAListener_EachFrameIsOneTraceFromTheCameraToTheAggregator()
    {
        using SpanRecorder spans = new();

        var (exitCode, _, error) = await DemoAsync("--cameras", "2");

        exitCode.ShouldBe(0, error);
        string[] hops =
        [
            "create imdd/v1/+/frame", "send imdd/v1/+/frame", "process imdd/v1/+/frame", "send imdd.inspection.outcome.v1", "process imdd.inspection.outcome.v1",
        ];
        var created = spans.Named(hops[0]).Select(span => span.TraceId).ToList();
        created.Count.ShouldBeGreaterThanOrEqualTo(Frames);
        var whole = hops.Select(hop => spans.Named(hop).Select(span => span.TraceId).ToHashSet()).Aggregate((all, some) => [.. all.Intersect(some)]);
        whole.Count.ShouldBeGreaterThanOrEqualTo(Frames, string.Join(", ", hops.Select(hop => $"{hop}: {spans.Named(hop).Count}")));
    }

    [Fact]
    public async Task Demo_FolderWithABrokenPicture_ItEndsUndecidedAndTheLawHolds()
    {
        using TestDirectory pictures = new();
        File.WriteAllBytes(pictures.File("a.png"), Picture());
        File.WriteAllBytes(pictures.File("b.png"), Picture()[..200]);

        var (exitCode, output, error) = await DemoAsync("--data", pictures.Path, "--cameras", "1");

        exitCode.ShouldBe(0, error);
        var result = Result(output);
        Number(result, "conservation_error").ShouldBe(0);
        Number(result["undecided"]!, "corrupt").ShouldBe(Frames / 2);
    }

    [Theory]
    [InlineData("--frames", "0")]
    [InlineData("--frames", "many")]
    [InlineData("--fps", "-3")]
    [InlineData("--cameras", "65")]
    [InlineData("--data", "/no/such/folder")]
    [InlineData("--page-port", "70000")]
    public async Task Demo_BadArgument_ExitCode2AndNamesIt(string option, string value)
    {
        var (exitCode, output, error) = await RunAsync("demo", option, value);

        exitCode.ShouldBe(2);
        (output + error).ShouldContain(option);
    }

    [Theory]
    [InlineData("--frames", "100")]
    [InlineData("--fps", "3")]
    [InlineData("--cameras", "2")]
    public async Task Demo_LearnWithWhatItFixes_ExitCode2AndNamesIt(string option, string value)
    {
        var (exitCode, output, error) = await RunAsync("demo", "--learn", option, value);

        exitCode.ShouldBe(2);
        (output + error).ShouldContain($"{option} cannot be given with --learn");
    }

    [Fact]
    public async Task Demo_WordWithoutLearn_ExitCode2AndSaysSo()
    {
        var (exitCode, output, error) = await RunAsync("demo", "--word");

        exitCode.ShouldBe(2);
        (output + error).ShouldContain("--word needs --learn");
    }

    [Fact]
    public async Task Demo_StateFolderInUse_ExitCode2AndTouchesNothing()
    {
        using TestDirectory directory = new();
        File.WriteAllText(directory.File("mine"), "mine");

        var (exitCode, _, error) = await RunAsync("demo", "--state", directory.Path);

        exitCode.ShouldBe(2);
        error.ShouldContain(directory.Path);
        Directory.GetFileSystemEntries(directory.Path).ShouldBe([directory.File("mine")]);
    }

    private static byte[] Picture()
    {
        using RgbImage image = new(64, 64);
        new Random(3).NextBytes(image.Pixels);
        return ImageEncoder.EncodePng(image);
    }

    private static Task<(int ExitCode, string Output, string Error)> DemoAsync(params string[] args) => RunAsync(
    [
        "demo", "--json", "--frames", Frames.ToString(CultureInfo.InvariantCulture), "--fps", "40",
        "--mqtt-port", Port(), "--kafka-port", Port(), "--page-port", Port(), .. args,
    ]);

    private static string Port() => LoopbackPort.Free().ToString(CultureInfo.InvariantCulture);

    private static JsonNode Result(string output) => JsonNode.Parse(output.TrimEnd().Split('\n')[^1])!;

    private static long Number(JsonNode result, string name) => (long)result[name]!;

    private static long Undecided(JsonNode result) => result["undecided"]!.AsObject().Sum(reason => (long)reason.Value!);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
