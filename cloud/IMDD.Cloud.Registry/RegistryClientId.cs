using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry;

/// <summary>A client id made of the instance's name where none is configured, so that the broker finds the session again.</summary>
internal sealed class RegistryClientId(IConfiguration configuration) : IPostConfigureOptions<MqttSessionOptions>
{
    /// <inheritdoc/>
    public void PostConfigure(string? name, MqttSessionOptions options)
    {
        if (options.ClientId.Length == 0)
        {
            // Straight from the configuration: the registry's own options may be invalid, and that is reported elsewhere.
            options.ClientId = $"imdd-registry-{configuration[$"{RegistryOptions.Section}:{nameof(RegistryOptions.InstanceName)}"] ?? "main"}";
        }
    }
}
