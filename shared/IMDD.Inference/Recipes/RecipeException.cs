namespace IMDD.Inference.Recipes;

/// <summary>A signed recipe is not to be used; the message says what was expected.</summary>
public sealed class RecipeException(RecipeFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which kind of thing is wrong.</summary>
    public RecipeFault Fault { get; } = fault;
}
