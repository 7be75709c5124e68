using System.Diagnostics;
using System.Diagnostics.Metrics;
using IMDD.Messaging.Kafka;

namespace IMDD.Messaging.Telemetry;

/// <summary>
/// Spans and metrics of both transports, by OpenTelemetry's semantic conventions. Without a listener a call costs one comparison. Spans are
/// never made the current one: a message's work goes on across queues and threads, and belongs to the trace that the message names.
/// </summary>
public static class MessagingTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "IMDD.Messaging";

    private const string KafkaIdHeader = "ce_id";
    private const string MqttIdProperty = "id";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly double[] Buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private static readonly Histogram<double> Operation = Meter.CreateHistogram<double>(
        MessagingAttributes.OperationDuration, "s", "From handing a message over to the broker's answer.", advice: new() { HistogramBucketBoundaries = Buckets });

    private static readonly Histogram<double> Process = Meter.CreateHistogram<double>(
        MessagingAttributes.ProcessDuration, "s", "From receiving a message, or a batch, to having done what it asks for.", advice: new() { HistogramBucketBoundaries = Buckets });

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        MessagingAttributes.SentMessages, "{message}", "Messages handed over, those that were refused included.");

    private static readonly Counter<long> Consumed = Meter.CreateCounter<long>(MessagingAttributes.ConsumedMessages, "{message}", "Messages received.");

    /// <summary>Starts the span of a message that is made here; its id is the <c>traceparent</c> to give the message. Null when nobody listens.</summary>
    public static Activity? StartCreate(MessageDestination destination)
        => Start(MessagingAttributes.Create, ActivityKind.Producer, destination, default, default);

    /// <summary>Starts the span of work on a received message; the caller stops it. Null when nobody listens.</summary>
    /// <param name="destination">Where it came from.</param>
    /// <param name="trace">What it says of its trace.</param>
    /// <param name="startTime">When the work began; default: now.</param>
    public static Activity? StartProcess(MessageDestination destination, MessageTrace trace, DateTimeOffset startTime = default)
        => Start(MessagingAttributes.Process, ActivityKind.Consumer, destination, trace, startTime);

    /// <summary>As <see cref="StartProcess(MessageDestination, MessageTrace, DateTimeOffset)"/>, of a Kafka record.</summary>
    public static Activity? StartProcess(KafkaConsumed record, string groupId, DateTimeOffset startTime)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = StartProcess(MessageDestination.Kafka(record.Topic), MessageTrace.Read(record.Headers, KafkaIdHeader), startTime);
        return span?.SetTag(MessagingAttributes.PartitionId, record.Partition)
            .SetTag(MessagingAttributes.KafkaMessageKey, record.Key)
            .SetTag(MessagingAttributes.ConsumerGroup, groupId);
    }

    /// <summary>The work on a message, or on a batch, is done.</summary>
    public static void Processed(MessageDestination destination, TimeSpan duration)
    {
        if (Process.Enabled)
        {
            Process.Record(duration.TotalSeconds, Tags(destination, MessagingAttributes.Process));
        }
    }

    internal static Activity? StartSend(KafkaRecord record)
        => Source.HasListeners()
            ? Start(MessagingAttributes.Send, ActivityKind.Client, MessageDestination.Kafka(record.Topic), MessageTrace.Read(record.Headers, KafkaIdHeader), default)
                ?.SetTag(MessagingAttributes.KafkaMessageKey, record.Key)
            : null;

    internal static Activity? StartSend(MessageDestination destination, IReadOnlyList<KeyValuePair<string, string>> userProperties)
        => Source.HasListeners()
            ? Start(MessagingAttributes.Send, ActivityKind.Client, destination, MessageTrace.Read(userProperties, MqttIdProperty), default)
            : null;

    /// <summary>The broker has answered, or will not.</summary>
    internal static void SendDone(MessageDestination destination, long started, string? error, Activity? span)
    {
        if (Sent.Enabled || Operation.Enabled)
        {
            var tags = Tags(destination, MessagingAttributes.Send);
            if (error is not null)
            {
                tags.Add(MessagingAttributes.ErrorType, error);
            }

            Sent.Add(1, tags);
            Operation.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
        }

        if (span is not null)
        {
            if (error is not null)
            {
                span.SetTag(MessagingAttributes.ErrorType, error).SetStatus(ActivityStatusCode.Error);
            }

            span.Stop();
        }
    }

    internal static void Received(MessageDestination destination)
    {
        if (Consumed.Enabled)
        {
            Consumed.Add(1, Tags(destination, MessagingAttributes.Receive));
        }
    }

    private static Activity? Start(string operation, ActivityKind kind, MessageDestination destination, MessageTrace trace, DateTimeOffset startTime)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var span = Source.StartActivity($"{operation} {destination.Template}", kind, trace.Context, startTime: startTime);
        Activity.Current = current;
        span?.SetTag(MessagingAttributes.System, destination.System)
            .SetTag(MessagingAttributes.OperationName, operation)
            .SetTag(MessagingAttributes.OperationType, operation)
            .SetTag(MessagingAttributes.DestinationName, destination.Name)
            .SetTag(MessagingAttributes.MessageId, trace.MessageId);
        if (span is not null && destination.System == MessagingAttributes.Mqtt)
        {
            span.SetTag(MessagingAttributes.DestinationTemplate, destination.Template);
        }

        return span;
    }

    private static TagList Tags(MessageDestination destination, string operation) => new()
    {
        { MessagingAttributes.System, destination.System },
        { MessagingAttributes.OperationName, operation },
        { destination.System == MessagingAttributes.Mqtt ? MessagingAttributes.DestinationTemplate : MessagingAttributes.DestinationName, destination.Template },
    };
}
