using IMDD.Contracts.Topics;

namespace IMDD.Messaging.Mqtt;

/// <summary>Hands what the contracts make to the session that sends it.</summary>
public static class MqttPublicationExtensions
{
    /// <summary>The PUBLISH of <paramref name="publication"/>, nothing added and nothing left out.</summary>
    public static MqttOutgoing ToOutgoing(this MqttPublication publication) => new()
    {
        Topic = publication.Topic,
        Payload = publication.Payload,
        ContentType = publication.ContentType,
        IsText = publication.IsText,
        UserProperties = publication.UserProperties,
        Retain = publication.Retain,
        Expiry = publication.Expiry,
    };
}
