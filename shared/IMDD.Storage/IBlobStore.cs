namespace IMDD.Storage;

/// <summary>Content-addressed blobs: what is put twice is stored once, what is read is checked against its digest.</summary>
public interface IBlobStore
{
    /// <summary>Stores <paramref name="content"/> and returns when it is durable.</summary>
    /// <exception cref="BlobStoreException">The store refused or cannot be reached; <see cref="BlobStoreException.IsTransient"/> says which.</exception>
    Task<BlobReference> PutAsync(ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken);

    /// <summary>The content, or null when there is none of this digest.</summary>
    /// <exception cref="BlobStoreException">It cannot be reached, or the bytes do not match the digest, or it is above <paramref name="maxBytes"/>.</exception>
    Task<byte[]?> GetAsync(string digest, long maxBytes, CancellationToken cancellationToken);

    /// <summary>
    /// The content as a stream that can be sought in, or null when there is none of this digest. Not checked against the digest: whoever reads it
    /// to the end does that.
    /// </summary>
    /// <exception cref="BlobStoreException">It cannot be reached.</exception>
    Task<Stream?> OpenAsync(string digest, CancellationToken cancellationToken);

    /// <summary>The reference of a stored blob, or null.</summary>
    Task<BlobReference?> FindAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Removes a blob; true when it was there.</summary>
    Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken);
}
