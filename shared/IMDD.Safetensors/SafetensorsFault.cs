namespace IMDD.Safetensors;

/// <summary>What is wrong with a safetensors file.</summary>
public enum SafetensorsFault
{
    /// <summary>The file is shorter than its length word or its header, or the header is longer than allowed.</summary>
    Length,

    /// <summary>The header is not a JSON object in UTF-8.</summary>
    Header,

    /// <summary><c>__metadata__</c> is not an object of texts.</summary>
    Metadata,

    /// <summary>An entry lacks a field, or has a field twice.</summary>
    Entry,

    /// <summary>An element type that the format does not have.</summary>
    Type,

    /// <summary>A shape that is not a list of sizes, or whose product is more than the file holds.</summary>
    Shape,

    /// <summary>Offsets outside the data, or that do not fit the shape.</summary>
    Offsets,

    /// <summary>Tensors that overlap, or bytes that belong to none.</summary>
    Layout,

    /// <summary>A name that is there twice.</summary>
    Duplicate,

    /// <summary>A pickle, which is a program and is never read.</summary>
    Pickle,

    /// <summary>A tensor that was asked for is not there, or is of another type.</summary>
    Missing,
}
