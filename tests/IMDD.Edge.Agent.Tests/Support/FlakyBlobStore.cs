using System.Collections.Concurrent;
using IMDD.Contracts.Identity;
using IMDD.Storage;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A blob store in memory that can be away.</summary>
internal sealed class FlakyBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private volatile bool _isAway;
    private int _puts;

    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>How often something was put.</summary>
    public int Puts => Volatile.Read(ref _puts);

    public IReadOnlyCollection<byte[]> Contents => [.. _blobs.Values];

    public Task<BlobReference> PutAsync(ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        if (IsAway)
        {
            throw new BlobStoreException("away", isTransient: true);
        }

        Interlocked.Increment(ref _puts);
        var digest = ContentDigest.Of(content.Span);
        _blobs[digest] = content.ToArray();
        return Task.FromResult(new BlobReference(digest, new Uri("memory:/" + digest), content.Length, contentType));
    }

    public Task<byte[]?> GetAsync(string digest, long maxBytes, CancellationToken cancellationToken)
        => Task.FromResult(_blobs.GetValueOrDefault(digest));

    public Task<Stream?> OpenAsync(string digest, CancellationToken cancellationToken)
        => Task.FromResult<Stream?>(_blobs.TryGetValue(digest, out var content) ? new MemoryStream(content) : null);

    public Task<BlobReference?> FindAsync(string digest, CancellationToken cancellationToken)
    {
        if (IsAway)
        {
            throw new BlobStoreException("away", isTransient: true);
        }

        return Task.FromResult(_blobs.TryGetValue(digest, out var content) ? new BlobReference(digest, new Uri("memory:/" + digest), content.Length, "image/png") : null);
    }

    public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken) => Task.FromResult(_blobs.TryRemove(digest, out _));
}
