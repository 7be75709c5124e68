using System.ComponentModel.DataAnnotations;

namespace IMDD.Storage;

/// <summary>Where blobs are kept.</summary>
public sealed class BlobStoreOptions
{
    public const string Section = "Blobs";

    /// <summary><see cref="BlobStoreKind.Folder"/>: a folder of this machine or a share. <see cref="BlobStoreKind.Azure"/>: Azure Blob Storage.</summary>
    [EnumDataType(typeof(BlobStoreKind))]
    public BlobStoreKind Kind { get; set; } = BlobStoreKind.Folder;

    /// <summary>Root of the folder store; made when it is missing.</summary>
    public string Directory { get; set; } = "data/blobs";

    /// <summary>Connection string of the storage account.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Container; made when it is missing.</summary>
    public string Container { get; set; } = "imdd-frames";

    /// <summary>
    /// Base of the http(s) address at which consumers find blobs, such as a read-only gateway or the container behind a CDN; the blob's
    /// name is appended. Without it a blob's URI is <c>imdd-blob:sha256:…</c>, which names the content and leaves the place to whoever
    /// has access to the store.
    /// </summary>
    public Uri? PublicBaseUri { get; set; }

    /// <summary>How long one request to Azure may take, and how often it is tried before the caller hears of it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;
}
