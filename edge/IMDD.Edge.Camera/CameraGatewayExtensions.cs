using System.Security.Cryptography;
using System.Text;
using IMDD.Edge.Camera.Configuration;
using IMDD.Edge.Camera.Gateway;
using IMDD.Hosting;
using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Options;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Edge.Camera;

/// <summary>Registration of the camera gateway.</summary>
public static class CameraGatewayExtensions
{
    private const int ClientIdBytes = 10;

    /// <summary>Adds the gateway, its options (section <c>Camera</c>), its session and <see cref="CameraGatewayStatus"/>.</summary>
    public static WebApplicationBuilder AddCameraGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<CameraOptions>();
        services.AddSingleton<IValidateOptions<CameraOptions>, CameraOptionsValidator>();
        services.AddMqtt();
        GiveClientId(builder.Configuration);
        services.AddSingleton<CameraGatewayStatus>();
        services.AddSingleton<CameraTelemetry>();
        services.AddHostedService<CameraGateway>();
        services.AddHealthChecks().AddCheck<GatewayHealthCheck>("mqtt", tags: [HealthTags.Ready]);
        return builder;
    }

    /// <summary>Nothing beyond health and metrics.</summary>
    public static WebApplication MapCameraGateway(this WebApplication app) => app;

    // A name that stays: the broker keeps the session, and with it receipts that arrive while the gateway is away.
    private static void GiveClientId(ConfigurationManager configuration)
    {
        const string Key = $"{MqttSessionOptions.Section}:{nameof(MqttSessionOptions.ClientId)}";
        if (string.IsNullOrEmpty(configuration[Key]))
        {
            var cameras = string.Join(',', configuration.GetSection($"{CameraOptions.Section}:Names").GetChildren().Select(c => c.Value));
            var identity = $"{configuration[$"{CameraOptions.Section}:Asset"]}\n{cameras}";
            configuration[Key] = "camera-" + EventId.Base32(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, ClientIdBytes));
        }
    }
}
