using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IMDD.Contracts.Identity;

namespace IMDD.Storage.Azure;

/// <summary>
/// Blobs in one container of Azure Blob Storage, by the same names as in the folder store. A put never overwrites
/// (<c>If-None-Match: *</c>); the service checks what it received by MD5, and what is read is checked by its digest.
/// </summary>
internal sealed class AzureBlobStore : IBlobStore
{
    // One request up to here; larger blobs go up in blocks.
    private const long SingleRequestBytes = 32L << 20;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(5);

    private readonly BlobContainerClient _container;
    private readonly Uri? _publicBase;
    private volatile bool _containerExists;

    public AzureBlobStore(BlobStoreOptions options)
    {
        BlobClientOptions client = new()
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = options.MaxRetries,
                Delay = FirstRetryDelay,
                MaxDelay = LongestRetryDelay,
                NetworkTimeout = options.RequestTimeout,
            },
        };
        try
        {
            _container = new BlobContainerClient(options.ConnectionString, options.Container, client);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            // The message of the client may quote the connection string, which is a secret.
            throw new BlobStoreException($"{BlobStoreOptions.Section}:ConnectionString is not a storage connection string.", isTransient: false);
        }

        _publicBase = options.PublicBaseUri;
    }

    /// <inheritdoc/>
    public Task<BlobReference> PutAsync(ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(contentType);
        var digest = ContentDigest.Of(content.Span);
        return GuardAsync("write", digest, async () =>
        {
            await EnsureContainerAsync(cancellationToken);
            var blob = _container.GetBlobClient(BlobName.Of(digest));
            try
            {
                await blob.UploadAsync(BinaryData.FromBytes(content), Upload(contentType), cancellationToken);
                return Reference(digest, content.Length, contentType);
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412 && e.ErrorCode == BlobErrorCode.BlobAlreadyExists)
            {
                BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
                return Reference(digest, properties.ContentLength, properties.ContentType);
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<byte[]?> GetAsync(string digest, long maxBytes, CancellationToken cancellationToken)
    {
        var name = BlobName.Of(digest);
        return GuardAsync("read", digest, async () =>
        {
            try
            {
                using BlobDownloadStreamingResult download = await _container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellationToken);
                if (download.Details.ContentLength > maxBytes)
                {
                    throw new BlobStoreException(
                        $"Blob {digest} has {download.Details.ContentLength} bytes: expected at most {maxBytes}.", isTransient: false);
                }

                var content = new byte[download.Details.ContentLength];
                await download.Content.ReadExactlyAsync(content, cancellationToken);
                return ContentDigest.Of(content) == digest
                    ? content
                    : throw new BlobStoreException($"Blob {digest} is damaged: its bytes have another digest.", isTransient: false);
            }
            catch (RequestFailedException e) when (IsNotFound(e))
            {
                return (byte[]?)null;
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string digest, CancellationToken cancellationToken)
    {
        var name = BlobName.Of(digest);
        return GuardAsync("open", digest, async () =>
        {
            try
            {
                return await _container.GetBlobClient(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
            }
            catch (RequestFailedException e) when (IsNotFound(e))
            {
                return (Stream?)null;
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<BlobReference?> FindAsync(string digest, CancellationToken cancellationToken)
    {
        var name = BlobName.Of(digest);
        return GuardAsync("look up", digest, async () =>
        {
            try
            {
                BlobProperties properties = await _container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken);
                return Reference(digest, properties.ContentLength, properties.ContentType);
            }
            catch (RequestFailedException e) when (IsNotFound(e))
            {
                return (BlobReference?)null;
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken)
    {
        var name = BlobName.Of(digest);
        return GuardAsync("delete", digest, async () =>
        {
            try
            {
                return (await _container.DeleteBlobIfExistsAsync(name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken)).Value;
            }
            catch (RequestFailedException e) when (IsNotFound(e))
            {
                return false;
            }
        }, cancellationToken);
    }

    private static BlobUploadOptions Upload(string contentType) => new()
    {
        Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
        HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
        TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 },
        TransferOptions = new StorageTransferOptions { InitialTransferSize = SingleRequestBytes },
    };

    private async Task EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (!_containerExists)
        {
            await _container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
            _containerExists = true;
        }
    }

    private BlobReference Reference(string digest, long size, string type) => new(digest, BlobName.UriOf(digest, _publicBase), size, type);

    private static bool IsNotFound(RequestFailedException e)
        => e.Status == 404 && (e.ErrorCode is null || e.ErrorCode == BlobErrorCode.BlobNotFound || e.ErrorCode == BlobErrorCode.ContainerNotFound);

    private async Task<T> GuardAsync<T>(string action, string digest, Func<Task<T>> body, CancellationToken cancellationToken)
    {
        try
        {
            return await body();
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or IOException or CryptographicException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (e is RequestFailedException { Status: 404 })
            {
                _containerExists = false;
            }

            var cause = e is AggregateException aggregate ? aggregate.InnerExceptions[^1] : e;
            throw new BlobStoreException(
                $"Cannot {action} blob {digest} in container '{_container.Name}': {FirstLine(cause.Message)}", IsTransient(cause), e);
        }
    }

    /// <summary>No answer, throttling and the service's own faults pass; a refusal stays until somebody changes something.</summary>
    private static bool IsTransient(Exception e) => e is not RequestFailedException failed
        || failed.Status is 0 or 404 or 408 or 429 or >= 500
        || failed.ErrorCode == BlobErrorCode.ContainerBeingDeleted;

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();
}
