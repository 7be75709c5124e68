using System.Collections.Concurrent;
using System.Text;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>Sessions against one broker, through a proxy that can cut them.</summary>
internal sealed class MqttHarness : IAsyncDisposable
{
    private readonly ConcurrentStack<IAsyncDisposable> _owned = new();
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging(b => b.SetMinimumLevel(LogLevel.Debug))
        .AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build())
        .AddMqtt()
        .BuildServiceProvider();

    public MqttHarness(int brokerPort) => Proxy = new TcpProxy(brokerPort);

    public TcpProxy Proxy { get; }

    public IMqttSessionFactory Factory => _services.GetRequiredService<IMqttSessionFactory>();

    public MqttSessionOptions Options(string clientId) => new()
    {
        Port = Proxy.Port,
        ClientId = clientId,
        SessionExpiry = TimeSpan.FromMinutes(10),
        MaximumReconnectDelay = TimeSpan.FromSeconds(1),
    };

    public MqttProbe Probe(string clientId, Action<MqttSessionOptions>? change = null, Func<MqttOutgoing>? will = null)
    {
        var options = Options(clientId);
        change?.Invoke(options);
        var probe = new MqttProbe(Factory.Create(options, will));
        _owned.Push(probe);
        return probe;
    }

    public static MqttOutgoing Text(string topic, string text) => new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(text), IsText = true };

    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync();
        }

        Proxy.Dispose();
        await _services.DisposeAsync();
    }
}
