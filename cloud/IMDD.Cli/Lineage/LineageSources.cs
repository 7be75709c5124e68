using System.Net;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Review;

namespace IMDD.Cli.Lineage;

/// <summary>
/// What the services know. One that does not answer leaves its part out, and is named: half a lineage is better than none, if it says so.
/// </summary>
internal sealed class LineageSources(Uri registry, Uri aggregator, Uri curator) : IDisposable
{
    private const int MaxAnswerBytes = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
    private readonly SortedDictionary<string, string> _unavailable = new(StringComparer.Ordinal);

    /// <summary>By service, why it has not answered.</summary>
    public IReadOnlyDictionary<string, string> Unavailable => _unavailable;

    public Task<ModelVersionView?> ReleaseAsync(string digest, CancellationToken cancellationToken)
        => GetAsync<ModelVersionView>("registry", registry, RegistryRoutes.For(RegistryRoutes.Release, digest), cancellationToken);

    public Task<DatasetView?> DatasetAsync(string digest, int limit, CancellationToken cancellationToken)
        => GetAsync<DatasetView>("registry", registry, FormattableString.Invariant($"{RegistryRoutes.For(RegistryRoutes.Dataset, digest)}?limit={limit}"), cancellationToken);

    public async Task<IReadOnlyList<FrameUse>> UsesAsync(string frame, int limit, CancellationToken cancellationToken)
        => await GetAsync<List<FrameUse>>("registry", registry, FormattableString.Invariant($"{RegistryRoutes.For(RegistryRoutes.FrameUses, frame)}?limit={limit}"), cancellationToken) ?? [];

    public Task<FailedFrame?> FailedFrameAsync(string outcomeId, CancellationToken cancellationToken)
        => GetAsync<FailedFrame>("aggregator", aggregator, RegistryRoutes.For(QueryRoutes.FailedFrame, outcomeId), cancellationToken);

    /// <summary>Failed frames with a picture, or by a model, of this digest, the newest first.</summary>
    public async Task<IReadOnlyList<FailedFrame>> FailedFramesAsync(string digest, int limit, CancellationToken cancellationToken)
        => await GetAsync<List<FailedFrame>>(
            "aggregator", aggregator, FormattableString.Invariant($"{QueryRoutes.FailedFrames}?digest={Uri.EscapeDataString(digest)}&limit={limit}"), cancellationToken) ?? [];

    /// <summary>A frame of the review queue, by its outcome or its picture.</summary>
    public Task<ReviewFrame?> ReviewFrameAsync(string name, CancellationToken cancellationToken)
        => GetAsync<ReviewFrame>("curator", curator, RegistryRoutes.For(ReviewRoutes.Frame, name), cancellationToken);

    public async Task<IReadOnlyList<FrameLabel>> LabelsAsync(string name, CancellationToken cancellationToken)
        => await GetAsync<List<FrameLabel>>("curator", curator, RegistryRoutes.For(ReviewRoutes.Labels, name), cancellationToken) ?? [];

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();

    private async Task<T?> GetAsync<T>(string service, Uri address, string path, CancellationToken cancellationToken)
        where T : class
    {
        if (_unavailable.ContainsKey(service))
        {
            return null;
        }

        try
        {
            using var client = _services.GetRequiredService<IHttpClientFactory>().CreateClient();
            (client.Timeout, client.MaxResponseContentBufferSize) = (Patience, MaxAnswerBytes);
            using var response = await client.GetAsync(new Uri(address, path), cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            response.EnsureSuccessStatusCode();
            return ImddJson.Deserialize<T>(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _unavailable[service] = $"{address}: {e.Message}";
            return null;
        }
    }
}
