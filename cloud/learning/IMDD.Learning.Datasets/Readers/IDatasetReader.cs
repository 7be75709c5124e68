using IMDD.Learning.Datasets.Files;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>Reads one native layout.</summary>
public interface IDatasetReader
{
    /// <summary>What the user writes: <c>--data KEY:PATH</c>.</summary>
    string Key { get; }

    /// <summary>True when the folder looks like this layout and no other.</summary>
    bool Detects(DatasetFolder folder);

    /// <summary>Adds every usable picture, and reports every file that is not.</summary>
    void Read(DatasetFolder folder, SampleSink sink);
}
