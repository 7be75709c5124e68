namespace IMDD.Contracts.Tests.Schemas;

/// <summary>What the validator said of one document.</summary>
public sealed record SchemaResult(bool Valid, IReadOnlyList<SchemaError> Errors)
{
    public override string ToString() => string.Join("; ", Errors.Select(e => $"{e.InstancePath} {e.Keyword}: {e.Message}"));
}
