namespace IMDD.Storage;

/// <summary>Which store keeps the blobs.</summary>
public enum BlobStoreKind
{
    /// <summary>A folder.</summary>
    Folder,

    /// <summary>Azure Blob Storage.</summary>
    Azure,
}
