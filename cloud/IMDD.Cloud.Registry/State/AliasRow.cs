namespace IMDD.Cloud.Registry.State;

/// <summary>Which release an alias of a name points to.</summary>
public sealed class AliasRow
{
    public required string Name { get; init; }
    public required string Alias { get; init; }
    public required string Digest { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
    public string? ChangedBy { get; set; }
}
