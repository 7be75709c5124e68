using System.Text.Json;
using IMDD.Cli.Demo;
using IMDD.Cli.Quality;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;
using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using Spectre.Console;

namespace IMDD.Cli.Learn;

/// <summary>
/// One run of the loop: lines run, a kind that nobody knows turns up, a person labels it, a release is made of that, two agents try it, all
/// take it, and the new kind is caught.
/// </summary>
internal sealed class LearnRun(LearnSettings settings, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Frames of the new kind that each agent must have decided for a figure to count.</summary>
    public const int FramesPerFigure = 100;

    private const int Pioneers = 2;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait for all agents to take a release.</summary>
    private static readonly TimeSpan RolloutPatience = TimeSpan.FromMinutes(3);

    /// <summary>Longest wait for enough frames after the last agent has the release.</summary>
    private static readonly TimeSpan FigurePatience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(1);

    private readonly LearnBoard _board = new(settings.NewKindName);

    private string NewName => settings.NewKindName;

    /// <summary>Runs; <paramref name="onResult"/> gets the result, before the page is kept up. Returns the exit code.</summary>
    public async Task<int> RunAsync(Action<LearnResult> onResult, CancellationToken stop)
    {
        var program = TrainerProcess.Find() ?? throw new CommandFailedException("The learning program, IMDD.Learning.Trainer, is not beside this one.", ExitCodes.ConfigurationInvalid);
        using var folder = DemoFolder.Open(settings.State);
        var frozen = FrozenSet.ForFigures(settings);
        var before = frozen.Measure(settings.Bundle);
        await using var plant = await LearnPlant.StartAsync(settings, folder, _board, stop);
        _board.Watch(plant.Judge);
        Announce(plant, folder);
        var learned = folder.PathOf("learned");
        using LearnWay way = settings.Word
            ? new WordWay(settings, plant, learned, new TrainerProcess(program, TextWriter.Null))
            : new WeightsWay(settings, plant, learned);
        _board.Labels = () => way.Labels;

        string? failure = null;
        TimeSpan? fleetAt = null;
        ModelRelease? release = null;
        var first = await StartFleetAsync(plant, stop);
        try
        {
            await UntilAsync(plant, () => plant.Judge.FirstShown is not null, LearnSettings.NewAfter + LearnSettings.NewAfter, "the new kind has not turned up", stop);
            Mark("the first frame of the new kind", way.FramesBefore > 0 ? "nobody knows it; it is counted how often it is missed" : "nobody knows it; a person labels what the queue gives");
            await UntilAsync(plant, () => Before(plant, first).Frames >= way.FramesBefore, FigurePatience, "too few frames of the new kind for a figure", stop);
            release = await way.LearnAsync(Mark, stop);
            await RollOutAsync(plant, release, stop);
            fleetAt = plant.Judge.Now;
            Mark("every agent decides by the new release", "counting what it catches");
            await UntilAsync(plant, () => After(plant, release.Digest, fleetAt.Value).Frames >= FramesPerFigure, FigurePatience, "too few frames of the new kind for a figure", stop);
            Mark("done", "done");
        }
        catch (CommandFailedException e)
        {
            failure = e.Message;
            console.MarkupLine($"[red]{Markup.Escape(e.Message)}[/]");
        }

        plant.EndCapture();
        await SettleAsync(plant);
        var after = release is null ? null : frozen.Measure(way.Bundle);
        IReadOnlyList<WordWayResult> ways = [];
        try
        {
            ways = await WaysAsync(way, frozen, before, after, fleetAt, stop);
        }
        catch (Exception e) when (e is CommandFailedException or ModelBundleException or SegmenterException)
        {
            failure ??= e.Message;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What has been measured is told all the same.
        }

        var result = Result(plant, way, first, release, fleetAt, before, after, ways, failure);
        onResult(result);
        while (settings.Keep && !stop.IsCancellationRequested)
        {
            await Task.Delay(Tick, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return result.Holds ? ExitCodes.Stopped : ExitCodes.Failed;
    }

    /// <summary>What each way of giving the word is worth, on frames that no line shows.</summary>
    private async Task<IReadOnlyList<WordWayResult>> WaysAsync(
        LearnWay way, FrozenSet frozen, FrozenFigures before, FrozenFigures? after, TimeSpan? fleetAt, CancellationToken stop)
    {
        NewKindSet shown = new(settings);
        List<WordWayResult> ways = [];
        foreach (var trial in await way.TrialsAsync(stop))
        {
            ways.Add(new WordWayResult
            {
                Way = trial.Way,
                Released = trial.Released,
                Refusal = trial.Refusal,
                Threshold = trial.Threshold,
                RegionsUsed = trial.RegionsUsed,
                SecondsFromWord = trial.Released ? SecondsFromWord(way, fleetAt) : null,
                New = trial.Bundle is { } bundle ? shown.Measure(bundle) : null,
                OldKindsChangePoints = trial.Bundle is { } made ? (trial.Released && after is not null ? after : frozen.Measure(made)).PointsSince(before) : null,
            });
        }

        return ways;
    }

    private static double? SecondsFromWord(LearnWay way, TimeSpan? fleetAt)
        => fleetAt is { } end && way.WordEnteredAt is { } entered ? Math.Round((end - entered).TotalSeconds, 1) : null;

    private static NewKindFigures Before(LearnPlant plant, string first)
    {
        var now = plant.Judge.Now;
        return plant.Judge.Read(frames => NewKindFigures.Of(frames.Where(frame => !frame.Offered && frame.Release == first && frame.IsJudged(now))));
    }

    private static NewKindFigures After(LearnPlant plant, string release, TimeSpan from)
    {
        var now = plant.Judge.Now;
        return plant.Judge.Read(frames => NewKindFigures.Of(
            frames.Where(frame => !frame.Offered && frame.Release == release && frame.ShownAt > from && frame.IsJudged(now))));
    }

    private LearnResult Result(
        LearnPlant plant, LearnWay way, string first, ModelRelease? release, TimeSpan? fleetAt, FrozenFigures before, FrozenFigures? after,
        IReadOnlyList<WordWayResult> ways, string? failure)
    {
        var old = Before(plant, first);
        var fresh = release is not null && fleetAt is { } from ? After(plant, release.Digest, from) : NewKindFigures.Of([]);
        var (missing, outcomes) = plant.Outcomes.Read(tally => (plant.Sent.Sum(line => (long)line.Frames.Except(tally.Frames).Count()), tally.Count));
        var foreign = outcomes - (plant.Sent.Sum(line => (long)line.Frames.Count) - missing);
        return new LearnResult
        {
            Seed = settings.Seed,
            NewKind = NewName,
            Way = settings.Word ? "word" : "weights",
            SecondsToFleet = fleetAt is { } at && plant.Judge.FirstShown is { } shown ? Math.Round((at - shown).TotalSeconds, 1) : null,
            SecondsFromWord = SecondsFromWord(way, fleetAt),
            LabelsUsed = way.Labels,
            RecallNewBefore = old.Recall,
            RecallNewAfter = fresh.Recall,
            DetectionNewBefore = old.Detection,
            DetectionNewAfter = fresh.Detection,
            NamingNewBefore = old.Naming,
            NamingNewAfter = fresh.Naming,
            OldKindsChangePoints = after?.PointsSince(before),
            OldKindsBefore = before,
            OldKindsAfter = after,
            Before = old,
            After = fresh,
            Ways = ways.Count > 0 ? ways : null,
            ConservationError = missing + Math.Abs(foreign),
            Failure = failure,
        };
    }

    /// <summary>The model that the fleet starts with becomes the registry's champion, and every agent takes it from there.</summary>
    private async Task<string> StartFleetAsync(LearnPlant plant, CancellationToken stop)
    {
        await plant.Registry.RegisterRecipeAsync(
            new RegisterRecipe { Recipe = JsonSerializer.SerializeToElement(LearnPlant.Recipe, ImddJson.Options), By = "imdd demo --learn", Reason = "what the lines decide by" }, stop);
        var champion = (await plant.Registry.RegisterAsync(settings.Bundle, name: null, "imdd demo --learn", fencingToken: null, gates: [], stop)).Model;
        await UntilAsync(
            plant, async () => (await plant.Registry.AgentsAsync(stop)).Count(agent => agent.State?.State == "online") == LearnSettings.Lines, RolloutPatience,
            "not every agent is online", stop);
        await plant.Registry.PromoteAsync(champion.Name, new PromoteModel { Digest = champion.Digest, By = "imdd demo --learn", Reason = "what the fleet starts with" }, stop);
        await CommittedAsync(plant, champion, LearnSettings.Lines, stop);
        Mark("every agent runs the model from the registry", "the lines run; the model knows what they show");
        return champion.Digest;
    }

    /// <summary>Two agents first, then all.</summary>
    private async Task RollOutAsync(LearnPlant plant, ModelRelease release, CancellationToken stop)
    {
        var pioneers = Enumerable.Range(0, Pioneers).Select(LearnSettings.AddressOf).ToList();
        await plant.Registry.PromoteAsync(
            release.Name, new PromoteModel { Digest = release.Digest, Agents = pioneers, By = "imdd demo --learn", Reason = $"knows {NewName}" }, stop);
        await CommittedAsync(plant, release, Pioneers, stop);
        Mark("two agents decide by the new release", "the others follow");
        await plant.Registry.PromoteAsync(
            release.Name, new PromoteModel { Digest = release.Digest, By = "imdd demo --learn", Reason = "two agents have kept it" }, stop);
        await CommittedAsync(plant, release, LearnSettings.Lines, stop);
    }

    /// <summary>Until that many agents have kept a release.</summary>
    private async Task CommittedAsync(LearnPlant plant, ModelRelease release, int count, CancellationToken stop) => await UntilAsync(
        plant,
        async () =>
        {
            var agents = (await plant.Registry.AgentsAsync(stop)).Where(agent => agent.Desired?.Digest == release.Digest).ToList();
            if (agents.Find(agent => agent.Step is { Step: RolloutStepWord.Rejected or RolloutStepWord.RolledBack } step && step.Model.Digest == release.Digest) is { } refused)
            {
                throw new CommandFailedException($"{refused.Agent} has not kept release {release.Digest}: {refused.Step!.ReasonCode} {refused.Step.Detail}");
            }

            return agents.Count(agent => agent.Step is { Step: RolloutStepWord.Committed } step && step.Model.Digest == release.Digest) >= count;
        },
        RolloutPatience,
        $"not every agent has taken release {release.ReleaseCounter} of {release.Name}",
        stop);

    private void Announce(LearnPlant plant, DemoFolder folder)
    {
        Grid grid = new();
        grid.AddColumn().AddColumn();
        grid.AddRow("page", $"[bold]{Markup.Escape(new Uri(plant.PageUrl, "learning").ToString())}[/]");
        grid.AddRow("review", Markup.Escape(new Uri(plant.PageUrl, "review").ToString()));
        grid.AddRow("registry", Markup.Escape(plant.RegistryUrl.ToString()));
        grid.AddRow("MQTT", $"127.0.0.1:{plant.MqttPort}");
        grid.AddRow("Kafka", Markup.Escape(plant.KafkaServers));
        grid.AddRow("data", Markup.Escape(folder.Root));
        console.Write(grid);
    }

    private void Mark(string what, string phase)
    {
        _board.Mark(what, phase);
        console.MarkupLine($"[grey]{time.GetLocalNow():HH:mm:ss}[/] {Markup.Escape(what)}; {Markup.Escape(phase)}");
    }

    private async Task SettleAsync(LearnPlant plant)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < SettlePatience)
        {
            plant.Judge.ReadTruths();
            foreach (var sent in plant.Sent)
            {
                sent.Read();
            }

            if (plant.Outcomes.Count >= plant.Sent.Sum(sent => sent.Frames.Count))
            {
                return;
            }

            await Task.Delay(Tick, time);
        }
    }

    private Task UntilAsync(LearnPlant plant, Func<bool> holds, TimeSpan patience, string otherwise, CancellationToken stop)
        => UntilAsync(plant, () => Task.FromResult(holds()), patience, otherwise, stop);

    private async Task UntilAsync(LearnPlant plant, Func<Task<bool>> holds, TimeSpan patience, string otherwise, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (plant.Broken is { } name)
            {
                throw new CommandFailedException($"the {name} stopped by itself; its log says why.");
            }

            if (await holds())
            {
                return;
            }

            if (time.GetElapsedTime(began) > patience)
            {
                throw new CommandFailedException($"After {patience.TotalSeconds:0} s {otherwise}.");
            }

            await Task.Delay(Tick, time, stop);
        }
    }
}
