using IMDD.Contracts.Topics;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>
/// Topics read by one thread and one consumer group. Outcomes have a group of their own: a group shares its partitions out by their number,
/// whatever topic they are of, and would give one instance all outcomes and another all the rest.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="Suffix">Of the group's id.</param>
/// <param name="Topics">Topics.</param>
internal sealed record IngestGroup(string Name, string Suffix, IReadOnlyList<string> Topics)
{
    public static IReadOnlyList<IngestGroup> All { get; } =
    [
        new("outcomes", "", [KafkaTopics.Outcome]),
        new("states", "-states", [KafkaTopics.DefectDetected, KafkaTopics.FrameStored, KafkaTopics.EdgeState, KafkaTopics.CameraStatistics]),
    ];
}
