using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent;

/// <summary>A client id made of the agent's own name where none is configured, so that the broker finds the session again.</summary>
internal sealed class AgentClientId(IConfiguration configuration) : IPostConfigureOptions<MqttSessionOptions>
{
    /// <inheritdoc/>
    public void PostConfigure(string? name, MqttSessionOptions options)
    {
        // Straight from the configuration: the agent's own options may be invalid, and that is reported elsewhere.
        var agent = configuration.GetSection(AgentOptions.Section);
        if (options.ClientId.Length == 0 && agent[nameof(AgentOptions.Asset)] is { Length: > 0 } asset && agent[nameof(AgentOptions.Name)] is { Length: > 0 } box)
        {
            options.ClientId = $"imdd-agent-{asset.Replace('/', '.')}.{box}";
        }
    }
}
