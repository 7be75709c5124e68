namespace IMDD.Contracts.Models;

/// <summary>The encoder that made the rows of <c>text</c>.</summary>
public sealed record TextEncoderReference(string Name, string Digest);
