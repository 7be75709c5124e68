namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A lane as found in the store.</summary>
/// <param name="Id">Which.</param>
/// <param name="Key">The camera's path: the records' key.</param>
/// <param name="Confirmed">Position of the last record that Kafka has confirmed; 0: none.</param>
internal sealed record OutboxLane(OutboxLaneId Id, string Key, long Confirmed);
