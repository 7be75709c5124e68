namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Hard examples that had to go because the store is short of room.</summary>
/// <param name="Waiting">Those whose picture was in the spool.</param>
/// <param name="Events">Data of those that Kafka had not confirmed.</param>
internal sealed record DroppedExamples(IReadOnlyList<ExampleItem> Waiting, IReadOnlyList<byte[]> Events)
{
    public int Count => Waiting.Count + Events.Count;
}
