using System.Threading.Channels;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.Publishing;

/// <summary>
/// Sends receipts to the line. A receipt may be lost with its connection: the camera gateway then sends the frame again, and gets the
/// receipt of the stored outcome. So they are kept in memory, bounded, and the oldest gives way.
/// </summary>
internal sealed class ReceiptPublisher
{
    private const int Capacity = 4096;
    private const int Parallel = 8;

    private readonly Channel<(CameraPath Camera, OutcomeReceipt Receipt, DateTimeOffset Time)> _queue;
    private readonly AgentIdentity _identity;
    private readonly CrashPoints _crashPoints;
    private readonly TimeProvider _time;
    private readonly TimeSpan _expiry;
    private readonly ILogger<ReceiptPublisher> _logger;

    public ReceiptPublisher(
        AgentIdentity identity, AgentOptions options, CrashPoints crashPoints, AgentTelemetry telemetry, TimeProvider time, ILogger<ReceiptPublisher> logger)
    {
        (_identity, _crashPoints, _time, _expiry, _logger) = (identity, crashPoints, time, options.ReceiptExpiry, logger);
        _queue = Channel.CreateBounded<(CameraPath, OutcomeReceipt, DateTimeOffset)>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest }, _ => telemetry.ReceiptDropped());
    }

    /// <summary>Queues a receipt; never waits.</summary>
    public void Send(CameraPath camera, OutcomeReceipt receipt, DateTimeOffset happened) => _queue.Writer.TryWrite((camera, receipt, happened));

    /// <summary>Ends <see cref="RunAsync"/> once the queue is empty.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Publishes until completed and empty, or the token fires.</summary>
    public Task RunAsync(IMqttSession session, CancellationToken cancellationToken)
        => Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => PublishAsync(session, cancellationToken)));

    private async Task PublishAsync(IMqttSession session, CancellationToken cancellationToken)
    {
        await foreach (var (camera, receipt, happened) in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            _crashPoints.Pass(CrashPoint.BeforeReceipt);
            EventContext context = new() { Source = _identity.Source, Time = happened, RecordedTime = _time.GetUtcNow() };
            try
            {
                await session.PublishAsync(MqttPublications.Outcome(camera, receipt, context, _expiry).ToOutgoing(), cancellationToken);
            }
            catch (MqttPublishRefusedException e)
            {
                Log.ReceiptRefused(_logger, e.Message);
            }
        }
    }
}
