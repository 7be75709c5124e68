namespace IMDD.Cli.Demo;

/// <summary>A host of the demo listens to no signal: the demo stops its hosts itself, in the order in which frames flow.</summary>
internal sealed class HeldLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
