using IMDD.Edge.Agent.Inspection;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Asks the registry for the root documents after the trusted one, one by one until there is none (The Update Framework 1.0, 5.3).</summary>
internal sealed class RootUpdate(RegistryClient registry, TrustStore trust) : IDisposable
{
    /// <summary>In one go; the next wish goes on from there.</summary>
    private const int MaxSteps = 64;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Follows what there is, one caller after the other. Asked before each release, not only when a key is unknown: a withdrawn key is known.</summary>
    /// <exception cref="ModelBundleException">What the registry offers as the next does not follow.</exception>
    /// <exception cref="HttpRequestException">The registry is away.</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        // Groups of cameras are followed side by side, and a document follows once.
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await FollowAllAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task FollowAllAsync(CancellationToken cancellationToken)
    {
        for (var step = 0; step < MaxSteps && trust.Root is { } root; step++)
        {
            var version = root.Document.Version + 1;
            if (await registry.RootAsync(version, SignedRoot.MaxEnvelopeBytes, cancellationToken) is not { } envelope)
            {
                return;
            }

            try
            {
                trust.Follow(envelope);
            }
            catch (TrustRootException e)
            {
                throw new ModelBundleException($"Root document {version} of the registry {e.Message}", e, BundleFault.Signature);
            }
        }
    }
}
