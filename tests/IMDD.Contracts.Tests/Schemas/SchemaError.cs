namespace IMDD.Contracts.Tests.Schemas;

/// <summary>A rule that did not hold.</summary>
public sealed record SchemaError(string Keyword, string InstancePath, string Message);
