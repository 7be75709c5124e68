using Confluent.Kafka;

namespace IMDD.Messaging.Kafka;

/// <summary>
/// Which delivery errors are a record's own fault. Only those that no change at the broker or in the network would cure are permanent: a
/// missing topic or permission, a time-out or a fenced producer says nothing about the record, and dead-lettering good records because of
/// a forgotten ACL would lose the order of a whole shift.
/// </summary>
internal static class PublishErrors
{
    /// <summary>The result for an error code.</summary>
    public static PublishResult Classify(ErrorCode code) => code switch
    {
        ErrorCode.NoError => PublishResult.Persisted,
        ErrorCode.MsgSizeTooLarge => PublishResult.Permanent,
        ErrorCode.InvalidTimestamp => PublishResult.Permanent,
        ErrorCode.InvalidRecord => PublishResult.Permanent,
        ErrorCode.PolicyViolation => PublishResult.Permanent,
        ErrorCode.TopicException => PublishResult.Permanent,
        ErrorCode.Local_InvalidArg => PublishResult.Permanent,
        ErrorCode.Local_BadMsg => PublishResult.Permanent,
        _ => PublishResult.Retriable,
    };

    /// <summary>librdkafka's name of the error, such as <c>MSG_SIZE_TOO_LARGE</c> in our spelling.</summary>
    public static string NameOf(ErrorCode code) => code == ErrorCode.NoError ? "" : code.ToString();
}
