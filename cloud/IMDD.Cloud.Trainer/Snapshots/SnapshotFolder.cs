namespace IMDD.Cloud.Trainer.Snapshots;

/// <summary>Where a snapshot's files are.</summary>
/// <param name="Root">Its folder.</param>
internal sealed record SnapshotFolder(string Root)
{
    public const string Pictures = "pictures";

    public string Manifest => Path.Combine(Root, "snapshot.json");

    /// <summary>A data set of the layout <c>labelled</c>.</summary>
    public string Train => Path.Combine(Root, "train");

    /// <summary>The same of the gate.</summary>
    public string Gate => Path.Combine(Root, "gate");

    /// <summary>Digests of all gate pictures, one a line.</summary>
    public string GatePictures => Path.Combine(Root, "gate-pictures.txt");
}
