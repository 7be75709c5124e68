namespace IMDD.Learning.Datasets.Files;

/// <summary>One file that cannot be used; the message says what was expected.</summary>
public sealed class AnnotationException(string message, Exception? inner = null) : Exception(message, inner);
