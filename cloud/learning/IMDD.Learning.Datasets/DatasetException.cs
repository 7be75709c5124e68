namespace IMDD.Learning.Datasets;

/// <summary>A data set that cannot be read at all, or (in strict mode) a file of it that cannot be used.</summary>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner);
