using System.Diagnostics;
using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Camera.Configuration;
using IMDD.Edge.Camera.Sources;
using IMDD.Edge.Camera.Spool;
using IMDD.Messaging.Mqtt;
using IMDD.Messaging.Telemetry;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>
/// One camera: captures (spool, log, then queue), publishes (first in order, again after a timeout), takes receipts. The three run side by
/// side; the spool is what they share.
/// </summary>
internal sealed class CameraChannel : IDisposable
{
    private static readonly TimeSpan DiskRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectionPoll = TimeSpan.FromMilliseconds(50);

    private readonly CameraPath _camera;
    private readonly MessageDestination _destination;
    private readonly IFrameSource _source;
    private readonly FramePacer _pacer;
    private readonly FrameSpool _spool;
    private readonly GatewayStore _store;
    private readonly IMqttSession _session;
    private readonly CameraOptions _options;
    private readonly CameraTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeliveryQueue _queue;
    private readonly long _lastOfEarlierRuns;
    private readonly int _damaged;
    private long _last;
    private long _resent;
    private long _blockedTicks;
    private int _inMemory;

    public CameraChannel(
        CameraPath camera,
        IFrameSource source,
        FramePacer pacer,
        GatewayStore store,
        IMqttSession session,
        CameraOptions options,
        CameraTelemetry telemetry,
        TimeProvider time,
        ILogger logger)
    {
        (_camera, _source, _pacer, _store, _session) = (camera, source, pacer, store, session);
        (_options, _telemetry, _time, _logger) = (options, telemetry, time, logger);
        _destination = MessageDestination.Mqtt(MqttTopics.Frame(camera));
        _spool = store.Spools[camera.Camera];
        _queue = new DeliveryQueue(time);
        _last = _lastOfEarlierRuns = store.LastSequences.GetValueOrDefault(camera.Camera);
        _damaged = _spool.CountDamaged(store.BootId);
        foreach (var file in _spool.DamagedFiles)
        {
            Log.Damaged(logger, camera.Camera, file);
        }

        foreach (var frame in _spool.List())
        {
            _queue.Add(new Delivery(frame, attempts: 1), TimeSpan.Zero);
        }
    }

    /// <summary>The camera.</summary>
    public CameraPath Camera => _camera;

    /// <summary>The counts as they are now.</summary>
    public CameraCounts Counts
    {
        get
        {
            // Sent first: a frame that comes between the reads must not count as returned.
            var sent = Volatile.Read(ref _last);
            var waiting = _spool.List();
            var ofThisBoot = waiting.Count(f => f.BootId == _store.BootId && f.Sequence <= sent);
            return new CameraCounts(
                _camera.Camera,
                sent,
                sent - _lastOfEarlierRuns,
                sent - ofThisBoot - _damaged,
                waiting.Count,
                Volatile.Read(ref _resent),
                TimeSpan.FromTicks(Volatile.Read(ref _blockedTicks)));
        }
    }

    /// <summary>Captures a number of frames; null: until it is told to stop.</summary>
    /// <exception cref="FrameSourceException">The source gives no more.</exception>
    public async Task CaptureAsync(long? frames, CancellationToken ended, CancellationToken cancellationToken)
    {
        if (frames is 0)
        {
            return;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ended, cancellationToken);
        var ahead = Task.Run(_source.Next, cancellationToken);
        for (var captured = 0L; frames is null || captured < frames; captured++)
        {
            var picture = await ahead;
            if (frames is null || captured + 1 < frames)
            {
                ahead = Task.Run(_source.Next, cancellationToken);
            }

            try
            {
                await _pacer.WaitAsync(waiting.Token);
                await TakeRoomAsync(picture.Image.Length, waiting.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }

            // Not by `ended`: a frame is taken whole or not at all.
            await AcceptAsync(picture, cancellationToken);
        }
    }

    /// <summary>Publishes what is due until it is told to stop.</summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var delivery = await _queue.TakeAsync(cancellationToken);

            // Counted before the connection is waited for, what is sent would carry the age it had then.
            while (!_session.IsConnected)
            {
                await Task.Delay(ConnectionPoll, _time, cancellationToken);
            }

            if (_spool.Contains(delivery.Frame.FrameId))
            {
                await PublishAsync(delivery, cancellationToken);
                _queue.Add(delivery, Backoff(delivery.Attempts));
            }

            Forget(delivery);
        }
    }

    /// <summary>Takes a message of the camera's outcome topic.</summary>
    public ValueTask OnReceiptAsync(IMqttDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            var message = delivery.Message;
            var receipt = EventReader.Read<OutcomeReceipt>(
                MqttBinding.Read(message.UserProperties, message.ContentType, message.Payload), EventTypes.OutcomeReceipt);
            if (receipt.OutcomeId != EventId.ForOutcome(_camera, receipt.FrameId))
            {
                Log.BadReceipt(_logger, _camera.Camera, $"outcome {receipt.OutcomeId} is not that of frame {receipt.FrameId}");
            }
            else if (_spool.Remove(receipt.FrameId))
            {
                _telemetry.Returned(_camera.Camera);
            }
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException)
        {
            Log.BadReceipt(_logger, _camera.Camera, e.Message);
        }

        delivery.Acknowledge();
        return ValueTask.CompletedTask;
    }

    /// <summary>Publishes the balance.</summary>
    public async Task PublishBalanceAsync(CameraCounts counts, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        CameraBalance balance = new()
        {
            CameraId = _camera.Camera,
            BootId = _store.BootId,
            Sent = counts.Sent,
            Returned = counts.Returned,
            Spooled = counts.Sent - counts.Returned - _damaged,
            Resent = counts.Resent,
            Time = now,
        };
        EventContext context = new() { Source = EventSource.Camera(_camera), Time = now, RecordedTime = now };
        await _session.PublishAsync(MqttPublications.CameraBalance(_camera, balance, context).ToOutgoing(), cancellationToken);
    }

    public void Dispose()
    {
        _source.Dispose();
        _queue.Dispose();
    }

    private async ValueTask TakeRoomAsync(int bytes, CancellationToken cancellationToken)
    {
        if (_store.Budget.TryTake(bytes))
        {
            return;
        }

        Log.SpoolFull(_logger, _camera.Camera);
        var since = _time.GetTimestamp();
        await _store.Budget.TakeAsync(bytes, cancellationToken);
        var blocked = CountBlocked(since);
        Log.SpoolHasRoom(_logger, _camera.Camera, blocked);
    }

    private async Task AcceptAsync(SourceFrame picture, CancellationToken cancellationToken)
    {
        var sequence = _last + 1;
        var partId = $"{_options.PartPrefix}{sequence:D6}";
        using var span = MessagingTelemetry.StartCreate(_destination);
        SpooledFrame frame = new()
        {
            BootId = _store.BootId,
            Sequence = sequence,
            Time = _time.GetUtcNow(),
            ContentType = picture.ContentType,
            Sha256 = ContentDigest.Of(picture.Image.Span),
            Length = picture.Image.Length,
            Width = picture.Width,
            Height = picture.Height,
            PartId = partId,

            // The cameras of a gateway see the same part in the same round.
            InspectionId = $"{_store.BootId}-{partId}",
            TraceParent = span?.Id ?? $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01",
        };
        DeliveryRecord record = new(_camera.Camera, _camera.Asset.ToString(), frame.FrameId, frame.BootId, sequence, frame.Sha256, frame.Time);

        // A full disk blocks the source as a full spool does; the frame is not announced before it is safe and logged.
        await OnDiskAsync(() => Task.Run(() => _spool.Add(frame, picture.Image.Span), CancellationToken.None), cancellationToken);
        if (_store.Truth is { } truth && picture.Truth is { } sample)
        {
            await OnDiskAsync(() => truth.AppendAsync(TruthRecords.Create(_camera.Camera, frame.FrameId, sample)), cancellationToken);
        }

        await OnDiskAsync(() => _store.Log.AppendAsync(record), cancellationToken);
        Volatile.Write(ref _last, sequence);
        _telemetry.Sent(_camera.Camera);

        Delivery delivery = new(frame, attempts: 0);
        if (Interlocked.Increment(ref _inMemory) <= _options.MemoryWindow)
        {
            delivery.Image = picture.Image;
        }
        else
        {
            Interlocked.Decrement(ref _inMemory);
        }

        _queue.Add(delivery, TimeSpan.Zero);
    }

    private async Task OnDiskAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (IOException e)
            {
                Log.DiskRefuses(_logger, _camera.Camera, e.Message);
                var since = _time.GetTimestamp();
                await Task.Delay(DiskRetry, _time, cancellationToken);
                CountBlocked(since);
            }
        }
    }

    private async Task PublishAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var frame = delivery.Frame;
        ReadOnlyMemory<byte> image;
        try
        {
            image = delivery.Image ?? _spool.Read(frame);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // Its outcome came while it was being read, or the disk is at fault; the next attempt, or the next start, tells.
            if (_spool.Contains(frame.FrameId))
            {
                Log.Unreadable(_logger, _camera.Camera, frame.FrameId, e.Message);
            }

            delivery.Attempts++;
            return;
        }

        var now = _time.GetUtcNow();
        var late = now - frame.Time >= _options.Deadline;
        if (delivery.Attempts++ > 0)
        {
            Interlocked.Increment(ref _resent);
            _telemetry.Resent(_camera.Camera);
            Log.Resent(_logger, _camera.Camera, frame.FrameId, delivery.Attempts, late);
        }

        var publication = MqttPublications.Frame(Capture(frame, image, now, late), Expiry(frame, now, late));
        using CancellationTokenSource unanswered = new(_options.ResendAfter, _time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, unanswered.Token);
        try
        {
            await _session.PublishAsync(publication.ToOutgoing(), limited.Token);
        }
        catch (MqttPublishRefusedException e)
        {
            _telemetry.Refused(_camera.Camera);
            Log.Refused(_logger, _camera.Camera, frame.FrameId, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No answer from the broker; the frame is due again.
        }
    }

    private FrameCapture Capture(SpooledFrame frame, ReadOnlyMemory<byte> image, DateTimeOffset now, bool late) => new()
    {
        Camera = _camera,
        BootId = frame.BootId,
        Sequence = frame.Sequence,
        Time = frame.Time,
        RecordedTime = now,
        Image = image,
        ContentType = frame.ContentType,
        InspectionId = frame.InspectionId,
        PartId = frame.PartId,
        Width = frame.Width,
        Height = frame.Height,

        // The gateway stamps frames with its host's clock; what disciplines that clock is the host's affair.
        Clock = new ClockQuality("none"),
        Historical = late,
        ExpiryTime = late ? null : frame.Time + _options.Deadline,
        TraceParent = frame.TraceParent,
    };

    private TimeSpan Expiry(SpooledFrame frame, DateTimeOffset now, bool late)
    {
        // The broker lets go of a late frame about when the next attempt brings it again.
        var left = late ? _options.MaxResendDelay + _options.ResendAfter : frame.Time + _options.Deadline - now;
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }

    private TimeSpan Backoff(int attempts)
    {
        var ticks = _options.ResendAfter.Ticks * (double)(1L << Math.Min(attempts - 1, 30));
        return TimeSpan.FromTicks((long)Math.Min(ticks, _options.MaxResendDelay.Ticks));
    }

    private void Forget(Delivery delivery)
    {
        if (delivery.Image is not null)
        {
            delivery.Image = null;
            Interlocked.Decrement(ref _inMemory);
        }
    }

    private TimeSpan CountBlocked(long since)
    {
        var blocked = _time.GetElapsedTime(since);
        Interlocked.Add(ref _blockedTicks, blocked.Ticks);
        _telemetry.Blocked(_camera.Camera, blocked);
        return blocked;
    }
}
