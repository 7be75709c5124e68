using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>
/// The learning loop with each service a process: a person's labels become a run, the run a challenger, and the agent decides by it. A network of a few steps
/// learns nothing, and the gate's limits allow that: what is tested is the way.
/// </summary>
public sealed class LearningLoopTests
{
    private const string Model = "edge-nano";
    private const string Known = "synthetic:seed=41,count=24,size=96,textures=cast,kinds=scratch+dent";
    private const string Frozen = "synthetic:seed=1041,count=12,size=96,textures=cast,kinds=scratch+dent";
    private const int Labels = 6;
    private const int FramesOfRun = 40;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Labels_OfANewKind_BecomeWhatTheAgentDecidesBy()
    {
        await using var plant = await Plant.StartAsync();
        var first = plant.Folder("first");
        await using ToolProcess training = new(
            "dotnet", [Plant.TrainingProgram, "train", "edge", "--data", Known, "--size", "nano", "--crop", "64", "--batch", "4", "--steps", "4", "--out", first]);
        var curator = await plant.StartServiceAsync("curator", ("Curator:Directory", plant.Folder("curator")), ("Curator:BlindShare", "0"), ("Curator:RankPeriod", "00:00:01"));
        await plant.StartRegistryAsync();
        var trainer = await plant.StartServiceAsync(
            "trainer",
            ("Trainer:Directory", plant.Folder("trainer")), ("Trainer:RegistryUrl", plant.RegistryUrl!), ("Trainer:Model", Model), ("Trainer:Program", Plant.TrainingProgram),
            ("Trainer:NewLabels", "0"), ("Trainer:NewClassLabels", $"{Labels}"), ("Trainer:MinimumPause", "00:00:00"), ("Trainer:PollPeriod", "00:00:00.2"),
            ("Trainer:Training:Steps", "2"), ("Trainer:Training:Crop", "64"), ("Trainer:Training:Batch", "4"), ("Trainer:Training:Replay:0", Known),
            ("Trainer:Gate:Data:0", Frozen), ("Trainer:Gate:Split", "all"), ("Trainer:Gate:LabelledShare", "0"), ("Trainer:Gate:Limits", "aupro=1,recall=1,false-alarms=1,class=1"),
            ("Trainer:Promote", "Challenger"), ("Trainer:ChallengerAgents:0", $"{Plant.Asset}/box7"));
        (await training.WaitAsync(Plant.Patience)).ShouldBe(0, training.Output);
        plant.StartAgent(
            null,
            ("Edge:Model:BundleDirectory", first), ("Edge:Model:AllowUnsigned", "true"), ("Edge:Model:TrustedKeys:0", plant.ReleaseKey),
            ("Edge:Delivery:RegistryUrl", plant.RegistryUrl!), ("Edge:Delivery:Shadow", "00:00:00"), ("Edge:Delivery:Trial", "00:00:01"),
            ("Edge:HardExamples:RandomShare", "1"), ("Edge:HardExamples:Budget:PerMinute", "200"), ("Edge:HardExamples:ReasonBudget:PerMinute", "200"));

        // What the fleet starts with is a release of the registry, too: the run trains it on.
        var champion = (await plant.RunAsync("models", "register", "--bundle", first, "--by", "anna")).GetProperty("model").GetProperty("digest").GetString()!;
        await Eventually.HoldsAsync(async () => (await plant.RunAsync("models", "agents")).GetProperty("agents").GetArrayLength() == 1, Plant.Patience);
        await plant.RunAsync("models", "promote", Model, "1", "--by", "anna");
        await CommittedAsync(plant, champion);
        await ShowAsync(plant);

        (await LabelAsync(curator)).ShouldBe(Labels);

        JsonElement run = default;
        await Eventually.HoldsAsync(
            async () => (await trainer.GetFromJsonAsync<List<JsonElement>>("/api/v1/training/runs", Stop)) is [var begun] && State(run = begun) is "promoted" or "failed" or "refused", Plant.Patience);
        State(run).ShouldBe("promoted", run.GetRawText());
        run.GetProperty("champion").GetString().ShouldBe(champion);
        run.GetProperty("frames").GetInt32().ShouldBe(Labels);
        var release = run.GetProperty("release").GetString()!;
        (await ClassesAsync(plant, release)).ShouldBe([.. await ClassesAsync(plant, champion), "crack"], ignoreOrder: true);
        await CommittedAsync(plant, release);
        await ShowAsync(plant);

        var judgement = await plant.JudgeAsync(2 * FramesOfRun);
        judgement.Contradictory.ShouldBeEmpty();
        var models = (await new KcatClient(plant.Kafka.BootstrapServers).ReadAsync("imdd.inspection.outcome.v1"))
            .OrderBy(record => record.Partition).ThenBy(record => record.Offset).DistinctBy(record => record.Header("ce_id"))
            .Select(record => JsonDocument.Parse(record.Value!).RootElement.GetProperty("model").GetProperty("digest").GetString()!).ToList();
        models[..FramesOfRun].ShouldAllBe(digest => digest == champion);
        models[FramesOfRun..].ShouldAllBe(digest => digest == release);
    }

    /// <summary>One camera shows frames of a kind that the model does not know, each another, and every one gets its outcome.</summary>
    private static async Task ShowAsync(Plant plant)
    {
        var camera = plant.StartCamera(
            FramesOfRun, framesPerSecond: 20, cameras: 1,
            ("Camera:Source", "Synthetic"), ("Camera:Synthetic:Textures:0", "Cast"), ("Camera:Synthetic:Size", "96"), ("Camera:Synthetic:DefectRate", "1"),
            ("Camera:Synthetic:Kinds:0", "crack"), ("Camera:Synthetic:LoopFrames", "0"));
        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
    }

    /// <summary>Ids of what a release can name, by its manifest.</summary>
    private static async Task<List<string>> ClassesAsync(Plant plant, string release)
    {
        using HttpClient registry = new();
        var manifest = await registry.GetFromJsonAsync<JsonElement>($"{plant.RegistryUrl}/blobs/{Uri.EscapeDataString(release)}", Stop);
        return [.. manifest.GetProperty("classes").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!)];
    }

    private static Task CommittedAsync(Plant plant, string digest) => Eventually.HoldsAsync(
        async () => (await plant.RunAsync("models", "agents")).GetProperty("agents")[0].GetProperty("step") is { ValueKind: JsonValueKind.Object } step
            && step.GetProperty("step").GetString() == "committed" && step.GetProperty("model").GetProperty("digest").GetString() == digest,
        Plant.Patience);

    /// <summary>A person takes frames from the queue and outlines a crack on each; how many.</summary>
    private static async Task<int> LabelAsync(HttpClient curator)
    {
        var labels = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                using var next = await curator.PostAsJsonAsync("/api/v1/review/next", new { raterId = "anna", holder = "browser1" }, Stop);
                if (next.StatusCode == HttpStatusCode.OK)
                {
                    var frame = (await next.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("outcomeId").GetString();
                    using var said = await curator.PostAsJsonAsync(
                        $"/api/v1/review/frames/{frame}/labels",
                        new
                        {
                            raterId = "anna",
                            holder = "browser1",
                            judgement = "missedDefect",
                            keepPredicted = false,
                            drawn = new[] { new { @class = "crack", contourPx = new[] { 20, 20, 60, 20, 60, 60, 20, 60 } } },
                        },
                        Stop);
                    said.IsSuccessStatusCode.ShouldBeTrue(await said.Content.ReadAsStringAsync(Stop));
                    labels++;
                }

                return labels == Labels;
            },
            Plant.Patience);
        return labels;
    }

    private static string State(JsonElement run) => run.GetProperty("state").GetString()!;
}
