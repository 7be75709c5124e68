namespace IMDD.Learning.Datasets.Samples;

/// <summary>What a reader found.</summary>
/// <param name="Key">The reader's key, such as <c>mvtec</c>.</param>
/// <param name="Root">Absolute path, or the description of a generated set.</param>
/// <param name="Samples">In ordinal order of their ids.</param>
/// <param name="Problems">Files that could not be used.</param>
public sealed record Dataset(string Key, string Root, IReadOnlyList<DatasetSample> Samples, IReadOnlyList<FileProblem> Problems);
