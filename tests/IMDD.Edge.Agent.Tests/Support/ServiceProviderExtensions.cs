using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Tests.Support;

internal static class ServiceProviderExtensions
{
    public static CancellationToken GetStopping(this IServiceProvider services) => services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public static MqttSessionOptions GetMqttOptions(this IServiceProvider services) => services.GetRequiredService<IOptions<MqttSessionOptions>>().Value;
}
