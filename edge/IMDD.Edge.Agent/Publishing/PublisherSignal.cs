using IMDD.Edge.Agent.Outcomes;
using IMDD.Messaging.Kafka;

namespace IMDD.Edge.Agent.Publishing;

/// <summary>What the publisher's loop is told: a lane changed, a record was reported, or it is time to look again.</summary>
/// <param name="Lane">Which lane.</param>
/// <param name="Row">The record's row; null: the lane changed.</param>
/// <param name="Record">What was sent.</param>
/// <param name="Report">What became of it.</param>
/// <param name="IsTick">Time to look again; nothing else is set.</param>
internal readonly record struct PublisherSignal(OutboxLaneId Lane, OutboxRow? Row, KafkaRecord? Record, PublishReport Report, bool IsTick = false)
{
    public static PublisherSignal Tick => new(default, null, null, default, IsTick: true);

    public static PublisherSignal Changed(OutboxLaneId lane) => new(lane, null, null, default);

    public static PublisherSignal Reported(OutboxLaneId lane, OutboxRow row, KafkaRecord record, PublishReport report) => new(lane, row, record, report);
}
