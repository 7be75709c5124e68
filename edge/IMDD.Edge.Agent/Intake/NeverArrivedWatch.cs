using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Outcomes;

namespace IMDD.Edge.Agent.Intake;

/// <summary>
/// Ends the frames that never came. Only where the camera numbers its frames, so that the missing frame's id can be computed: should it
/// come after all, it has the same id and is counted once.
/// </summary>
internal sealed class NeverArrivedWatch(
    AgentOptions options, CameraLines lines, InFlightFrames inFlight, OutcomeStore store, FrameCompletion completion, TimeProvider time)
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    /// <summary>Takes up the gaps of the last life: numbers between the first and the last that came and have no outcome.</summary>
    public void Resume()
    {
        foreach (var mark in store.Reader.SequenceMarks())
        {
            if (!CameraPath.TryParse(mark.CameraKey, out var path, out _) || lines.Find(path) is not { } line)
            {
                continue;
            }

            List<long> missing = [];
            for (var sequence = Math.Max(mark.First, mark.High - SequenceGaps.LargestGap); sequence < mark.High; sequence++)
            {
                if (store.Reader.Find(EventId.ForOutcome(path, EventId.ForFrame(mark.BootId, sequence))) is null)
                {
                    missing.Add(sequence);
                }
            }

            line.WithGaps(gaps =>
            {
                gaps.Resume(mark.BootId, mark.High, missing);
                return true;
            });
        }
    }

    /// <summary>Starts all waits again: the connection to the broker was away.</summary>
    public void RestartWaits()
    {
        foreach (var line in lines.All)
        {
            line.WithGaps(gaps =>
            {
                gaps.RestartWaits();
                return true;
            });
        }
    }

    /// <summary>Looks until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var interval = options.GapTimeout / 4 < LongestInterval ? options.GapTimeout / 4 : LongestInterval;
        using PeriodicTimer timer = new(interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await LookAsync(cancellationToken);
        }
    }

    /// <summary>Ends what is overdue now.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var line in lines.All)
        {
            foreach (var (bootId, sequence) in line.WithGaps(gaps => gaps.TakeOverdue(options.GapTimeout)))
            {
                await store.Admission.WaitAsync(cancellationToken);
                End(line, bootId, sequence);
            }
        }
    }

    private void End(CameraLine line, string bootId, long sequence)
    {
        var now = time.GetUtcNow();
        var frameId = EventId.ForFrame(bootId, sequence);
        FrameInFlight frame = new()
        {
            Line = line,
            Header = new FrameHeader { FrameId = frameId, BootId = bootId, Sequence = sequence },
            OutcomeId = EventId.ForOutcome(line.Path, frameId),
            ReceivedAt = now,
            ReceivedTimestamp = time.GetTimestamp(),
            Happened = now,
        };
        if (!inFlight.TryEnter(frame, delivery: null))
        {
            return;
        }

        if (store.Reader.Find(frame.OutcomeId) is not null)
        {
            inFlight.Leave(frame);
            return;
        }

        frame.Ticket = line.Order.Issue();
        completion.Complete(frame, Decision.Undecided(
            UndecidedReason.NeverArrived,
            string.Create(CultureInfo.InvariantCulture, $"Later frames of this camera came, this one did not within {options.GapTimeout}.")));
    }
}
