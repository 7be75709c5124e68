using IMDD.Hosting;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;

namespace IMDD.Cli.Watch;

/// <summary>Clients with the settings of a service: environment variables such as <c>IMDD_Kafka__SecurityProtocol</c> count.</summary>
internal static class WatchServices
{
    public static ServiceProvider Create(params IEnumerable<KeyValuePair<string, string?>> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddEnvironmentVariables(ImddDefaultsExtensions.EnvironmentPrefix)
            .AddInMemoryCollection(settings.Where(setting => setting.Value is not null))
            .Build())
        .AddLogging(logging => logging
            .SetMinimumLevel(LogLevel.Warning)
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace))
        .AddKafka()
        .AddMqtt()
        .BuildServiceProvider();
}
