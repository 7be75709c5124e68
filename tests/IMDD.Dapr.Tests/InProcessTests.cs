namespace IMDD.Dapr.Tests;

/// <summary>Without a sidecar.</summary>
public sealed class InProcessTests : Behaviour
{
    private protected override Task<TestService> StartAsync() => TestService.StartAsync(new Dictionary<string, string?>(), Time);
}
