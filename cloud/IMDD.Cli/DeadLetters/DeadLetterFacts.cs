namespace IMDD.Cli.DeadLetters;

/// <summary>What is known of a dead letter.</summary>
/// <param name="Id">On Kafka <c>topic[partition]@offset</c>, in a folder the file's name.</param>
/// <param name="Reason">Why it was set aside, of low cardinality.</param>
/// <param name="Detail">The same in words.</param>
/// <param name="Origin">Topic of the record, or camera of the frame.</param>
/// <param name="EventId">CloudEvents id, where it has one.</param>
/// <param name="SizeBytes">Size of the original.</param>
/// <param name="LastTime">When it was set aside, RFC 3339.</param>
internal sealed record DeadLetterFacts(string Id, string Reason, string Detail, string Origin, string? EventId, long SizeBytes, string LastTime);
