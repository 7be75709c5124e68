using IMDD.Testing;

namespace IMDD.Messaging.Tests.Mqtt;

public sealed class MqttSessionOverMosquittoTests : MqttSessionContractTests
{
    private MosquittoBroker? _broker;

    // mosquitto issue 2607: not before 2.0.15.
    protected override bool SaysTakenOver => _broker!.Version >= new Version(2, 0, 15);

    protected override async Task<int> StartBrokerAsync()
    {
        Assert.SkipWhen(MosquittoBroker.Find(out var reason) is null, reason);
        _broker = await MosquittoBroker.StartAsync();
        return _broker.Port;
    }

    protected override async Task LoseSessionAsync(string clientId)
    {
        await _broker!.KillAsync();
        _broker.Forget();
        await _broker.RestartAsync();
    }

    protected override ValueTask StopBrokerAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;
}
