namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A record of the outbox, complete but for the headers that depend on when it is sent.</summary>
/// <param name="Position">Place in the outbox; rises within a lane.</param>
/// <param name="OutcomeId"><c>ce_id</c> of the outcome it belongs to.</param>
/// <param name="WaitsForBlob">True: its picture may still get a place; it is not to be sent yet.</param>
/// <param name="Happened">Exposure (or receipt, where the frame had no usable time).</param>
/// <param name="Recorded">When the event was made; the record's timestamp.</param>
/// <param name="Headers">CloudEvents headers.</param>
/// <param name="Value">Data.</param>
internal sealed record OutboxRow(
    long Position,
    string OutcomeId,
    bool WaitsForBlob,
    DateTimeOffset Happened,
    DateTimeOffset Recorded,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    byte[] Value);
