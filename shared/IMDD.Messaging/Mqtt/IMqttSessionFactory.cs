namespace IMDD.Messaging.Mqtt;

/// <summary>Makes sessions; a service has one per policy class, so that commands never queue behind frames.</summary>
public interface IMqttSessionFactory
{
    /// <summary>Makes a session that is not yet started.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="will">Asked for the will before each CONNECT; null: none.</param>
    IMqttSession Create(MqttSessionOptions options, Func<MqttOutgoing>? will = null);
}
