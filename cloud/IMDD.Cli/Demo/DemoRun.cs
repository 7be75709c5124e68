using IMDD.Contracts.Events;
using IMDD.Hosting;
using Spectre.Console;

namespace IMDD.Cli.Demo;

/// <summary>One run of the demo: start, watch, settle, judge.</summary>
internal sealed class DemoRun(DemoSettings settings, IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    /// <summary>How long nothing may move before the demo stops waiting for what is missing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The same before the first frame: surfaces are rendered first, which takes its time on a small machine.</summary>
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromMinutes(5);

    /// <summary>The same after the demo was told to stop.</summary>
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromSeconds(10);

    /// <summary>Runs; <paramref name="onResult"/> gets the result, before the page is kept up. Returns the exit code.</summary>
    public async Task<int> RunAsync(Action<DemoResult> onResult, CancellationToken stop)
    {
        using var folder = DemoFolder.Open(settings.State);
        using AgentMeter meter = new();
        await using var plant = await DemoPlant.StartAsync(settings, folder, stop);
        Announce(plant, folder);

        await WatchAsync(plant, stop);
        plant.EndCapture();
        await SettleAsync(plant, stop.IsCancellationRequested ? PatienceAtStop : Patience);
        var result = await JudgeAsync(plant, meter);
        onResult(result);

        if (settings.Keep && !stop.IsCancellationRequested)
        {
            console.MarkupLine("The page stays up. [grey]Ctrl-C stops it.[/]");
            await WaitAsync(plant, stop);
        }

        return result.Holds && (settings.Frames is not { } wanted || result.Sent == wanted) ? ExitCodes.Stopped : ExitCodes.Failed;
    }

    private void Announce(DemoPlant plant, DemoFolder folder)
    {
        Grid grid = new();
        grid.AddColumn().AddColumn();
        grid.AddRow("page", $"[bold]{Markup.Escape(plant.PageUrl.ToString())}[/]");
        grid.AddRow("review", Markup.Escape(new Uri(plant.PageUrl, "review").ToString()));
        grid.AddRow("queries", Markup.Escape(new Uri(plant.AggregatorUrl, "/api/v1/lines").ToString()));
        grid.AddRow("MQTT", $"127.0.0.1:{plant.MqttPort}");
        grid.AddRow("Kafka", Markup.Escape(plant.KafkaServers));
        grid.AddRow("data", Markup.Escape(folder.Root));
        console.Write(grid);
    }

    /// <summary>Until every wanted frame was sent and came back, nothing has moved for too long, or the demo is stopped.</summary>
    private async Task WatchAsync(DemoPlant plant, CancellationToken stop)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            await WatchAsync(plant, new ProgressLines(console, time).Show, stop);
            return;
        }

        await console.Status().StartAsync("starting", status => WatchAsync(plant, text => status.Status(Markup.Escape(text)), stop));
    }

    private async Task WatchAsync(DemoPlant plant, Action<string> show, CancellationToken stop)
    {
        long seen = -1;
        var moved = time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            ThrowIfBroken(plant);
            plant.Sent.Read();
            long sent = plant.Sent.Frames.Count, outcomes = plant.Judge.Count;
            show($"{sent} sent, {outcomes} outcomes on Kafka{(settings.Frames is { } all ? $" of {all}" : "")}");
            if (settings.Frames is { } wanted && sent >= wanted && outcomes >= wanted)
            {
                return;
            }

            if (sent + outcomes != seen)
            {
                (seen, moved) = (sent + outcomes, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(moved) is var still && still > (sent == 0 ? PatienceAtStart : Patience))
            {
                console.MarkupLine($"[red]Nothing has moved for {still.TotalSeconds:0} s.[/]");
                return;
            }

            await Task.Delay(Tick, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until everything that was sent is on Kafka and counted, or nothing has moved for <paramref name="patience"/>.</summary>
    private async Task SettleAsync(DemoPlant plant, TimeSpan patience)
    {
        long seen = -1;
        var moved = time.GetTimestamp();
        while (time.GetElapsedTime(moved) < patience)
        {
            ThrowIfBroken(plant);
            plant.Sent.Read();
            long sent = plant.Sent.Frames.Count, outcomes = plant.Judge.Count, aggregated = await plant.AggregatedAsync(CancellationToken.None);
            if (sent == outcomes && outcomes == aggregated)
            {
                return;
            }

            if (sent + outcomes + aggregated != seen)
            {
                (seen, moved) = (sent + outcomes + aggregated, time.GetTimestamp());
            }

            await Task.Delay(Tick, time);
        }
    }

    private async Task<DemoResult> JudgeAsync(DemoPlant plant, AgentMeter meter)
    {
        plant.Sent.Read();
        var (missing, foreign) = plant.Judge.Read(tally => (plant.Sent.Frames.Except(tally.Frames).ToList(), tally.Frames.Except(plant.Sent.Frames).ToList()));
        var (unusable, examples) = plant.Judge.Read(tally => (tally.Unusable, tally.UnusableExamples.ToList()));
        Report("Frames without an outcome", missing.Count, missing);
        Report("Outcomes of frames that were never sent", foreign.Count, foreign);
        Report("Records that are no outcome", unusable, examples);
        var span = plant.Judge.Span.TotalSeconds;
        var aggregated = await plant.AggregatedAsync(CancellationToken.None);
        return plant.Judge.Read(tally => new DemoResult
        {
            Sent = plant.Sent.Frames.Count,
            Passed = tally.Of(Verdict.Pass),
            Failed = tally.Of(Verdict.Fail),
            Undecided = new Dictionary<string, long>(tally.Reasons, StringComparer.Ordinal),
            Published = meter.OutcomesPublished,
            Confirmed = meter.OutcomesConfirmed,
            Aggregated = aggregated,
            ConservationError = missing.Count + foreign.Count + unusable,
            LatencyMs = meter.Quantiles(),
            FramesPerSecond = span > 0 ? Math.Round((tally.Count - 1) / span, 2) : 0,
            Seed = settings.Seed,
        });
    }

    private void Report(string what, long count, List<string> ids)
    {
        const int Shown = 5;
        if (count > 0)
        {
            console.MarkupLine($"[red]{what}: {count}, such as {Markup.Escape(string.Join(", ", ids.Take(Shown)))}[/]");
        }
    }

    private async Task WaitAsync(DemoPlant plant, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ThrowIfBroken(plant);
            await Task.Delay(Tick, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void ThrowIfBroken(DemoPlant plant)
    {
        if (plant.Broken is { } name)
        {
            throw new CommandFailedException($"the {name} stopped by itself; its log says why.");
        }
    }
}
