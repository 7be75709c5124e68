using System.Net.ServerSentEvents;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using IMDD.Cloud.Aggregator.State;
using IMDD.Contracts.Queries;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.Live;

/// <summary>Changes as a stream. The database is asked only while somebody listens, once for all who do.</summary>
internal sealed class LiveFeed
{
    // A client that has this many events to read is not following.
    private const int Backlog = 2000;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly ILogger<LiveFeed> _logger;

    public LiveFeed(IDbContextFactory<AggregatorDbContext> contexts, IScheduler scheduler, TimeProvider time, ILogger<LiveFeed> logger)
    {
        _time = time;
        _logger = logger;
        Updates = Observable
            .Defer(() =>
            {
                ChangeReader reader = new(contexts, time);
                return Observable.Interval(Period, scheduler).SelectMany(_ => TryRead(reader));
            })
            .Publish()
            .RefCount();
    }

    /// <summary>Every change; starts with those of the last half minute for the first who subscribes.</summary>
    public IObservable<LiveUpdate> Updates { get; }

    /// <summary>The changes of a line, or of all, for one client.</summary>
    public async IAsyncEnumerable<SseItem<string>> StreamAsync(
        string? line, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        var channel = Channel.CreateBounded<LiveUpdate>(Backlog);
        using var subscription = Updates.Where(update => line is null || update.Line == line).Subscribe(update =>
        {
            if (!channel.Writer.TryWrite(update) && channel.Writer.TryComplete())
            {
                Log.LiveClientSlow(_logger, Backlog);
            }
        });
        yield return Heartbeat();
        while (true)
        {
            var next = await NextAsync(channel.Reader, ends.Token);
            if (next == Waited.Ended)
            {
                yield break;
            }

            if (next == Waited.Nothing)
            {
                yield return Heartbeat();
            }

            while (channel.Reader.TryRead(out var update))
            {
                yield return new SseItem<string>(update.Json, update.Event);
            }
        }
    }

    private async Task<Waited> NextAsync(ChannelReader<LiveUpdate> reader, CancellationToken ends)
    {
        using CancellationTokenSource heartbeat = new(HeartbeatPeriod, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(heartbeat.Token, ends);
        try
        {
            return await reader.WaitToReadAsync(either.Token) ? Waited.Update : Waited.Ended;
        }
        catch (OperationCanceledException)
        {
            return ends.IsCancellationRequested ? Waited.Ended : Waited.Nothing;
        }
    }

    private List<LiveUpdate> TryRead(ChangeReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (Exception e)
        {
            Log.PeriodicTaskFailed(_logger, "reading changes", e.GetBaseException().Message);
            return [];
        }
    }

    private static SseItem<string> Heartbeat() => new("{}", LiveEvents.Heartbeat);

    private enum Waited
    {
        Update,
        Nothing,
        Ended,
    }
}
