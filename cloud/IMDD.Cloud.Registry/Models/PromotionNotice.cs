using IMDD.Contracts.Topics;
using IMDD.Dapr.Notices;
using IMDD.Relational;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Tells that releases have been made or aliases moved, once Kafka has the events.</summary>
internal sealed class PromotionNotice(INotices notices) : IOutboxObserver
{
    public void Published(IReadOnlySet<string> topics)
    {
        if (topics.Contains(KafkaTopics.ModelReleased))
        {
            notices.Publish(NoticeTopics.ReleasePromoted);
        }
    }
}
