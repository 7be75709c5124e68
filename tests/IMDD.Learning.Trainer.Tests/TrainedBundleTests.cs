using System.Diagnostics;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Inference.Bundles;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>From nothing to a signed model that decides on a line.</summary>
public sealed class TrainedBundleTests
{
    [Fact]
    public async Task Train_Signed_DecidesInTheDemoAndNamesDefects()
    {
        var kcat = KcatClient.Find(out var reason);
        Assert.SkipWhen(kcat is null, reason);
        using TestDirectory directory = new();
        var (bundle, key) = (directory.File("model"), directory.File("release.pem"));
        await RunAsync(
            "IMDD.Learning.Trainer", "train", "edge", "--data", "synthetic:seed=5,count=120,size=128", "--size", "nano", "--crop", "64", "--batch", "8", "--steps", "250",
            "--seed", "3", "--out", bundle);
        await RunAsync("imdd", "bundle", "key", "--out", key);
        await RunAsync("imdd", "bundle", "sign", "--bundle", bundle, "--key", key);
        await RunAsync("imdd", "bundle", "verify", "--bundle", bundle, "--key", key + ".pub");
        var manifest = ModelBundle.Open(bundle);

        await using DemoProcess demo = new("--keep", "--frames", "96", "--fps", "12", "--cameras", "4", "--seed", "5", "--bundle", bundle);
        var result = await demo.ResultAsync();

        ((int)result["conservation_error"]!).ShouldBe(0, demo.Output);
        var defects = (await new KcatClient(await demo.KafkaAsync()).ReadAsync(KafkaTopics.DefectDetected))
            .Select(record => JsonSerializer.Deserialize<DefectDetected>(record.Value!, ImddJson.Options)!).ToList();
        defects.Count.ShouldBe((int)result["failed"]!);
        defects.Select(defect => defect.Model!.Digest).Distinct().ShouldBe([manifest.Digest]);
        var names = defects.SelectMany(defect => defect.Regions).Select(region => region.Class).Distinct().ToList();
        names.Intersect(manifest.Manifest.Classes.Select(c => c.Id), StringComparer.Ordinal).ShouldNotBeEmpty(string.Join(", ", names));
        (await demo.InterruptAsync()).ShouldBe(0, demo.Output);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"{program} {arguments[0]} {arguments[1]}: {await error}");
    }
}
