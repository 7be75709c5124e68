namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Puts a window of a camera's statistics into the outbox.</summary>
internal sealed class AppendStatistics(string cameraKey, string eventId, DateTimeOffset happened, PreparedRecord record) : StoreCommand
{
    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction) => transaction.AppendStatistics(cameraKey, eventId, happened, record);
}
