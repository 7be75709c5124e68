using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Camera.Tests;

/// <summary>Sessions for a test's own end of the broker.</summary>
internal static class Sessions
{
    public static IMqttSession Create(MqttSessionOptions options)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(
            new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build());
        return services.AddMqtt().BuildServiceProvider().GetRequiredService<IMqttSessionFactory>().Create(options);
    }
}
