namespace IMDD.Contracts.Models;

/// <summary>The encoder that made the rows of <c>text</c>.</summary>
/// <param name="Name">Its kind: <see cref="Letters"/> or <see cref="Clip"/>.</param>
/// <param name="Digest"><c>sha256:</c> digest of all that its rows depend on.</param>
public sealed record TextEncoderReference(string Name, string Digest)
{
    /// <summary>Name of one that makes rows of a text's letters.</summary>
    public const string Letters = "letters";

    /// <summary>Name of one that makes rows of a CLIP's embeddings.</summary>
    public const string Clip = "clip";
}
