namespace IMDD.Cloud.Registry.State;

/// <summary>A recipe's name and the highest counter that was given out under it.</summary>
public sealed class RecipeNameRow
{
    public required string Name { get; init; }
    public long Counter { get; set; }
}
