using IMDD.Messaging.Kafka;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Kafka;

/// <summary>Publishing one at a time.</summary>
internal static class PublisherExtensions
{
    public static async Task<PublishReport> PublishAsync(this IKafkaPublisher publisher, KafkaRecord record)
    {
        var report = new TaskCompletionSource<PublishReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Eventually.HoldsAsync(() => publisher.TryPublish(record, r => report.TrySetResult(r)));
        return await report.Task.WaitAsync(Eventually.Timeout);
    }
}
