using IMDD.Messaging.Embedded;

namespace IMDD.Messaging.Tests.Mqtt;

public sealed class MqttSessionOverEmbeddedBrokerTests : MqttSessionContractTests
{
    private EmbeddedMqttBroker? _broker;

    protected override async Task<int> StartBrokerAsync() => (_broker = await EmbeddedMqttBroker.StartAsync()).Port;

    protected override Task LoseSessionAsync(string clientId) => _broker!.DropSessionAsync(clientId);

    protected override ValueTask StopBrokerAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;
}
