using IMDD.Contracts.Topics;

namespace IMDD.Messaging.Telemetry;

/// <summary>Where a message goes to or comes from, as telemetry names it.</summary>
public readonly record struct MessageDestination
{
    private MessageDestination(string system, string name, string template) => (System, Name, Template) = (system, name, template);

    /// <summary><c>kafka</c> or <c>mqtt</c>.</summary>
    public string System { get; }

    /// <summary>Topic.</summary>
    public string Name { get; }

    /// <summary>What there are few of: of Kafka the topic, of MQTT the topic without its places.</summary>
    public string Template { get; }

    /// <summary>A topic of Kafka.</summary>
    public static MessageDestination Kafka(string topic) => new(MessagingAttributes.Kafka, topic, topic);

    /// <summary>A topic of MQTT, whose names are as many as there are cameras.</summary>
    public static MessageDestination Mqtt(string topic) => new(MessagingAttributes.Mqtt, topic, MqttTopics.Template(topic));
}
