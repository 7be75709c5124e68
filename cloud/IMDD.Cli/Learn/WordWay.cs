using System.Globalization;
using System.Text.Json;
using IMDD.Cli.Models;
using IMDD.Cli.Quality;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;

namespace IMDD.Cli.Learn;

/// <summary>By a word: a person names the kind on a few frames; the sentence alone is tried first, then a prototype of the regions that were painted.</summary>
internal sealed class WordWay(LearnSettings settings, LearnPlant plant, string folder, TrainerProcess trainer) : LearnWay
{
    private const int Regions = 5;

    // Of the few examples that there are, by the sentence alone; with fewer, the regions are taken too.
    private const string LeastNamed = "0.8";
    private const string LeastAtAll = "0";
    private const string RegionFolder = "regions";
    private const string FrozenFolder = "frozen";
    private const long MaxPictureBytes = 16 << 20;

    private readonly HttpClient _curator = new() { BaseAddress = plant.CuratorUrl };
    private readonly List<(ReviewFrame Frame, MaskRle Painted)> _painted = [];
    private ScriptedReviewer? _reviewer;
    private TimeSpan? _enteredAt;
    private readonly Task _frozen = Task.Run(() => FrozenSet.WriteOfPlant(settings, Path.Combine(folder, FrozenFolder)));
    private string _regions = "";
    private WordReleased? _alone;
    private WordReleased? _withRegions;

    /// <inheritdoc/>
    public override int Labels => _reviewer?.Labels ?? 0;

    /// <inheritdoc/>
    public override TimeSpan? WordEnteredAt => _enteredAt;

    /// <inheritdoc/>
    public override int FramesBefore => LearnRun.FramesPerFigure;

    /// <inheritdoc/>
    public override string Bundle => Path.Combine(folder, "bundle");

    /// <inheritdoc/>
    public override async Task<ModelRelease> LearnAsync(Action<string, string> mark, CancellationToken stop)
    {
        _reviewer = new ScriptedReviewer(_curator, plant.Judge, settings.NewKindName, Regions)
        {
            Said = (frame, painted) => _painted.Add((frame, painted)),
        };
        await _reviewer.RunAsync(stop);
        await _frozen;
        _regions = $"labelled:{await WriteRegionsAsync(stop)}";
        _enteredAt = plant.Judge.Now;
        mark($"the word '{settings.NewKindName}' is entered: {settings.NewKindSentence}", "the sentence alone is tried");
        WordRelease release = new(plant.Registry, trainer);
        var alone = _alone = await release.RunAsync(plant.ModelName, [.. Arguments(maxRegions: 0), "--min-named", LeastNamed], Pioneers, "imdd demo --learn --word", stop);
        mark(Account("the sentence alone", alone), alone.Release is null ? "a prototype of the regions is tried" : "two agents try it");
        var released = alone;
        if (alone.Release is null)
        {
            released = _withRegions = await release.RunAsync(plant.ModelName, Arguments(Regions), Pioneers, "imdd demo --learn --word", stop);
        }

        if (released.Release is not { Model: var model })
        {
            throw new CommandFailedException($"{Account("the sentence alone", alone)}; {Account("with regions", released)}.");
        }

        mark(Account(alone.Release is null ? "with regions" : "the sentence alone", released), "two agents try it");
        await plant.Registry.FetchAsync(model.Digest, Bundle, stop);
        return model;
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<WordTrial>> TrialsAsync(CancellationToken stop)
    {
        if (_alone is not { } alone)
        {
            return [];
        }

        // What was refused for naming too little can be measured all the same.
        return
        [
            await TrialAsync("word", alone, [.. Arguments(maxRegions: 0), "--min-named", LeastAtAll], stop),
            await TrialAsync("regions", _withRegions, Arguments(Regions), stop),
        ];
    }

    /// <inheritdoc/>
    public override void Dispose() => _curator.Dispose();

    private static IReadOnlyList<string> Pioneers => [LearnSettings.AddressOf(0), LearnSettings.AddressOf(1)];

    private async Task<WordTrial> TrialAsync(string way, WordReleased? asked, List<string> arguments, CancellationToken stop)
    {
        if (asked is { Release: not null })
        {
            return Of(asked.Tried, Bundle);
        }

        var made = Path.Combine(folder, $"by-{way}");
        try
        {
            var tried = await trainer.RunAsync(["train", "word", "--model", settings.Bundle, "--out", made, .. arguments], "word", stop, WordRelease.Refused);
            return Of(asked?.Tried ?? tried, tried.GetProperty("accepted").GetBoolean() ? made : null);
        }
        catch (QualityException e)
        {
            throw new CommandFailedException(e.Message, inner: e);
        }

        WordTrial Of(JsonElement tried, string? bundle) => new(
            way, asked is { Release: not null }, tried.GetProperty("reason").GetString(), tried.GetProperty("threshold").GetDouble(), tried.GetProperty("regions_used").GetInt32(), bundle);
    }

    private List<string> Arguments(int maxRegions) =>
    [
        "--name", settings.NewKindName, "--sentence", settings.NewKindSentence, "--regions", _regions, "--region-class", settings.NewKindName,
        "--max-regions", maxRegions.ToString(CultureInfo.InvariantCulture), "--frozen", $"labelled:{Path.Combine(folder, FrozenFolder)}", "--split", "all",
    ];

    private static string Account(string what, WordReleased tried)
    {
        var json = tried.Tried;
        var verdict = tried.Release is null ? $"is refused: {json.GetProperty("reason").GetString()}" : $"is accepted at threshold {json.GetProperty("threshold")}";
        var old = json.GetProperty("old_names_change_points");
        return string.Create(
            CultureInfo.InvariantCulture, $"{what} {verdict} (old names {Points(old, "pooled"):0.#} points, the worst {Points(old, "worst"):0.#})");

        // Nothing has no sign.
        static double Points(JsonElement of, string name) => Math.Round(of.GetProperty(name).GetDouble(), 1) + 0;
    }

    /// <summary>What was painted, as the data set layout <c>labelled</c>.</summary>
    private async Task<string> WriteRegionsAsync(CancellationToken stop)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, RegionFolder)).FullName;
        List<object> frames = [];
        foreach (var (frame, painted) in _painted)
        {
            var hex = frame.Frame.Digest[ContentDigest.Prefix.Length..];
            var name = hex + (frame.Frame.ContentType == "image/png" ? ".png" : ".jpg");
            var picture = await plant.Pictures.GetAsync(frame.Frame.Digest, MaxPictureBytes, stop)
                ?? throw new CommandFailedException($"The picture of {frame.OutcomeId}, {frame.Frame.Digest}, is not in the blob store.");
            await File.WriteAllBytesAsync(Path.Combine(root, name), picture, stop);
            frames.Add(new
            {
                file = name,
                sha256 = hex,
                verdict = "fail",
                camera = frame.CameraId,
                asset_path = frame.AssetPath,
                regions = new[] { new { @class = settings.NewKindName, bbox = Imaging.Masks.CocoRle.BoundingBox(painted), rle = new { size = painted.Size, counts = painted.Counts } } },
            });
        }

        await File.WriteAllTextAsync(Path.Combine(root, "labels.json"), JsonSerializer.Serialize(new { version = 1, frames }), stop);
        return root;
    }
}
