using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>An agent with two groups of cameras and the registry, each a process: a release goes to one group, then to the other, while frames go on.</summary>
public sealed class CameraGroupTests
{
    private const string Left = "left";
    private const string Right = "right";
    private const int FramesOfRun = 60;

    private static readonly (string Key, string Value)[] Groups =
    [
        ("Edge:Agent:Cameras:0:Name", "cam1"), ("Edge:Agent:Cameras:1:Name", "cam2"), ("Edge:Agent:Cameras:2:Name", "cam3"), ("Edge:Agent:Cameras:3:Name", "cam4"),
        ("Edge:Agent:Groups:0:Name", Left), ("Edge:Agent:Groups:0:Cameras:0", "cam1"), ("Edge:Agent:Groups:0:Cameras:1", "cam2"),
        ("Edge:Agent:Groups:1:Name", Right), ("Edge:Agent:Groups:1:Cameras:0", "cam3"), ("Edge:Agent:Groups:1:Cameras:1", "cam4"),
    ];

    [Fact]
    public async Task Release_PromotedToOneGroupAndThenTheOther_IsNamedByTheOutcomesOfThatGroupAlone()
    {
        await using var plant = await Plant.StartAsync();
        await plant.StartRegistryAsync();
        plant.StartAgent(null,
        [
            .. Groups,
            ("Edge:Delivery:RegistryUrl", plant.RegistryUrl!),
            ("Edge:Delivery:Shadow", "00:00:00"),
            ("Edge:Delivery:Trial", "00:00:00.5"),
            ("Edge:Model:TrustedKeys:0", plant.ReleaseKey),
        ]);
        var registered = await plant.RunAsync("models", "register", "--bundle", WriteBundle(plant.Folder("bundle")), "--by", "anna");
        var release = registered.GetProperty("model").GetProperty("digest").GetString()!;
        await Eventually.HoldsAsync(async () => (await AgentsAsync(plant)).Count == 2, Plant.Patience);

        // Before: each group by the model of the configuration. The promotion comes while frames do.
        var camera = plant.StartCamera(FramesOfRun, framesPerSecond: 30);
        await plant.ProgressAsync(0, frames: 20);
        await PromoteAsync(plant, Left);
        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        (await ModelsAsync(plant, 1)).Where(outcome => outcome.Group == Right).ShouldAllBe(outcome => outcome.Digest != release);

        // Between: one group by each. What is read now was all decided before the other group was told.
        camera = plant.StartCamera(FramesOfRun, framesPerSecond: 30);
        await plant.ProgressAsync(FramesOfRun, frames: 20);
        await Eventually.HoldsAsync(async () => (await ModelsAsync(plant, 1)).Any(outcome => outcome.Group == Left && outcome.Digest == release), Plant.Patience);
        (await ModelsAsync(plant, 1)).Where(outcome => outcome.Group == Right).ShouldAllBe(outcome => outcome.Digest != release);
        await PromoteAsync(plant, Right);
        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);

        // After: both by the new one.
        camera = plant.StartCamera(FramesOfRun, framesPerSecond: 30);
        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        var judgement = await plant.JudgeAsync(3 * FramesOfRun);
        judgement.Contradictory.ShouldBeEmpty();
        plant.Agent!.HasExited.ShouldBeFalse();

        var outcomes = await ModelsAsync(plant, 3 * FramesOfRun);
        outcomes.Select(outcome => outcome.Digest).Distinct().Count().ShouldBe(2);
        foreach (var ofCamera in outcomes.GroupBy(outcome => outcome.Camera))
        {
            var digests = ofCamera.Select(outcome => outcome.Digest).ToList();
            digests.Count.ShouldBe(3 * FramesOfRun / 4);
            digests[0].ShouldNotBe(release, ofCamera.Key);
            digests.SkipWhile(digest => digest != release).ShouldAllBe(digest => digest == release, $"{ofCamera.Key} goes back to the model before");
            digests[^1].ShouldBe(release, ofCamera.Key);
        }

        // The left group's cameras went over in the first run, the right group's in the second, and no camera waited for the other group.
        outcomes.Where(outcome => outcome.Group == Left).Count(outcome => outcome.Digest == release).ShouldBeGreaterThan(
            outcomes.Where(outcome => outcome.Group == Right).Count(outcome => outcome.Digest == release));
        outcomes.ShouldAllBe(outcome => outcome.Verdict != "undecided");
    }

    /// <summary>The shipped model under another name, so that its release is another than what the agent starts with.</summary>
    private static string WriteBundle(string folder)
    {
        var shipped = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");
        foreach (var file in Directory.GetFiles(shipped, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")))!;
        manifest["name"] = "trial";
        File.WriteAllText(Path.Combine(folder, "manifest.json"), manifest.ToJsonString());
        return folder;
    }

    private static async Task PromoteAsync(Plant plant, string group)
    {
        var told = await plant.RunAsync("models", "promote", "trial", "1", "--agent", $"{Plant.Asset}/box7:{group}", "--by", "ben");
        told.GetProperty("agents").EnumerateArray().Select(agent => agent.GetString()).ShouldBe([$"{Plant.Asset}/box7:{group}"]);
        await Eventually.HoldsAsync(async () =>
        {
            var agent = (await AgentsAsync(plant)).Single(agent => agent.GetProperty("group").GetString() == group);
            return agent.GetProperty("step") is { ValueKind: JsonValueKind.Object } step && step.GetProperty("step").GetString() == "committed";
        }, Plant.Patience);
    }

    private static async Task<List<JsonElement>> AgentsAsync(Plant plant)
        => [.. (await plant.RunAsync("models", "agents")).GetProperty("agents").EnumerateArray().Where(agent => agent.GetProperty("group").ValueKind == JsonValueKind.String)];

    /// <summary>The first outcome of each frame, in the order of Kafka, which is each camera's; there are to be so many at least.</summary>
    private static async Task<List<(string Camera, string Group, string Digest, string Verdict)>> ModelsAsync(Plant plant, int atLeast)
    {
        IReadOnlyList<KcatRecord> records = [];
        await Eventually.HoldsAsync(async () => (records = await new KcatClient(plant.Kafka.BootstrapServers).ReadAsync("imdd.inspection.outcome.v1")).Count >= atLeast, Plant.Patience);
        return
        [
            .. records.OrderBy(record => record.Partition).ThenBy(record => record.Offset).DistinctBy(record => record.Header("ce_id")).Select(record =>
            {
                var outcome = JsonDocument.Parse(record.Value!).RootElement;
                var camera = outcome.GetProperty("cameraId").GetString()!;
                return (camera, camera is "cam1" or "cam2" ? Left : Right, outcome.GetProperty("model").GetProperty("digest").GetString()!, outcome.GetProperty("verdict").GetString()!);
            }),
        ];
    }
}
