using MQTTnet;

namespace IMDD.Messaging.Mqtt;

/// <summary>A topic filter and who handles its messages.</summary>
internal sealed record MqttSubscription(string TopicFilter, Func<IMqttDelivery, CancellationToken, ValueTask> Handler)
{
    private readonly string _matched = WithoutShare(TopicFilter);

    /// <summary>True where the filter matches the topic (MQTT 5, section 4.7).</summary>
    public bool Matches(string topic) => MqttTopicFilterComparer.Compare(topic, _matched) == MqttTopicFilterCompareResult.IsMatch;

    // $share/{group}/{filter}: the broker picks the member, the topics are those of the filter.
    private static string WithoutShare(string filter)
    {
        if (!filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            return filter;
        }

        var group = filter.IndexOf('/', "$share/".Length);
        return group < 0 ? filter : filter[(group + 1)..];
    }
}
