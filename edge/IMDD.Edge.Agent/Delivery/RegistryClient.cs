using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>The registry's downloads: by digest, bounded, from where they were broken off.</summary>
internal sealed class RegistryClient(IHttpClientFactory clients, DeliveryOptions options)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string ClientName = "registry";

    private const int BufferBytes = 1 << 16;

    /// <summary>The signed manifest of a release.</summary>
    /// <exception cref="DeliveryException">There is none, or it is larger than any.</exception>
    /// <exception cref="HttpRequestException">The registry is away.</exception>
    public Task<byte[]> EnvelopeAsync(string digest, int maxBytes, CancellationToken cancellationToken)
        => DocumentAsync(RegistryRoutes.For(RegistryRoutes.Envelope, digest), maxBytes, cancellationToken);

    /// <summary>The signed document of a recipe.</summary>
    /// <exception cref="DeliveryException">There is none, or it is larger than any.</exception>
    /// <exception cref="HttpRequestException">The registry is away.</exception>
    public Task<byte[]> RecipeAsync(string digest, int maxBytes, CancellationToken cancellationToken)
        => DocumentAsync(RegistryRoutes.For(RegistryRoutes.RecipeEnvelope, digest), maxBytes, cancellationToken);

    /// <summary>A root document; null: the registry has none of this version.</summary>
    /// <exception cref="DeliveryException">It is larger than any.</exception>
    /// <exception cref="HttpRequestException">The registry is away.</exception>
    public async Task<byte[]?> RootAsync(long version, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await DocumentAsync(RegistryRoutes.For(RegistryRoutes.RootDocument, version.ToString(CultureInfo.InvariantCulture)), maxBytes, cancellationToken);
        }
        catch (DeliveryException e) when (e.ReasonCode == RolloutReason.NotFound)
        {
            return null;
        }
    }

    /// <summary>Appends what is missing of a file.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="part">What is there; its position is its length.</param>
    /// <param name="size">Bytes that the whole has.</param>
    /// <param name="progress">Called with each number of bytes that came.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DeliveryException">The registry does not have it, or sends more.</exception>
    /// <exception cref="HttpRequestException">The registry is away, or gone in the middle.</exception>
    public async Task FetchAsync(string digest, Stream part, long size, Action<int> progress, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = new(HttpMethod.Get, RegistryRoutes.For(RegistryRoutes.Blob, digest));
        if (part.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
        }

        using var response = await SendAsync(request, cancellationToken);
        if (part.Length > 0 && (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != part.Length))
        {
            // It has sent the whole.
            part.SetLength(0);
        }

        part.Seek(0, SeekOrigin.End);
        await CopyAsync(response, part, size - part.Length, progress, cancellationToken);
        if (part.Length != size)
        {
            throw new HttpRequestException($"{digest} ended after {part.Length} of {size} bytes.");
        }
    }

    private async Task<byte[]> DocumentAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        using MemoryStream content = new();
        await CopyAsync(response, content, maxBytes, _ => { }, cancellationToken);
        return content.ToArray();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        client.BaseAddress = new Uri(options.RegistryUrl);
        client.Timeout = Timeout.InfiniteTimeSpan;
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(options.StallTimeout);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{request.RequestUri} does not answer within {options.StallTimeout}.", e);
        }

        try
        {
            return response.StatusCode switch
            {
                HttpStatusCode.NotFound => throw new DeliveryException(RolloutReason.NotFound, $"The registry has no {request.RequestUri}."),
                HttpStatusCode.RequestedRangeNotSatisfiable => throw new DeliveryException(
                    RolloutReason.DigestMismatch, $"{request.RequestUri} has fewer bytes at the registry than the manifest says."),
                _ => response.EnsureSuccessStatusCode(),
            };
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, Stream target, long maxBytes, Action<int> progress, CancellationToken cancellationToken)
    {
        await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        var left = maxBytes;
        while (true)
        {
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stall.CancelAfter(options.StallTimeout);
            int read;
            try
            {
                read = await source.ReadAsync(buffer, stall.Token);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HttpRequestException($"{response.RequestMessage?.RequestUri} has sent nothing for {options.StallTimeout}.", e);
            }
            catch (IOException e)
            {
                // Of the network; what is written to disk is not read here.
                throw new HttpRequestException($"{response.RequestMessage?.RequestUri} broke off: {e.Message}", e);
            }

            if (read == 0)
            {
                return;
            }

            left -= read;
            if (left < 0)
            {
                throw new DeliveryException(RolloutReason.DigestMismatch, $"{response.RequestMessage?.RequestUri} is larger than the {maxBytes} bytes that are expected.");
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            progress(read);
        }
    }
}
