using IMDD.Contracts.Topics;
using IMDD.Dapr.Notices;
using IMDD.Relational;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>Tells of agreed labels once Kafka has them, so that whoever hears it finds them there.</summary>
internal sealed class AgreedLabelsNotice(INotices notices) : IOutboxObserver
{
    public void Published(IReadOnlySet<string> topics)
    {
        if (topics.Contains(KafkaTopics.Consensus))
        {
            notices.Publish(NoticeTopics.LabelsAgreed);
        }
    }
}
