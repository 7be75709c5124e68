using IMDD.Inference.Recipes;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>The recipe's rules, with the key or file that breaks them.</summary>
internal sealed class RecipeOptionsValidator : IValidateOptions<RecipeOptions>
{
    private const string FileKey = $"{RecipeOptions.Section}:{nameof(RecipeOptions.RecipeFile)}";
    private const string InlineKey = $"{RecipeOptions.Section}:{nameof(RecipeOptions.Recipe)}";

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RecipeOptions options)
    {
        if (options is { RecipeFile: { Length: > 0 }, Recipe: not null })
        {
            return ValidateOptionsResult.Fail($"{FileKey}: give either a file or {InlineKey}, not both");
        }

        List<string> errors = [];
        if (options.RecipeFile is { Length: > 0 } file)
        {
            errors.AddRange(RecipeFile.Problems(file, FileKey));
        }
        else if (options.Recipe is { } recipe)
        {
            errors.AddRange(RecipeRules.Faults(recipe).Select(fault => $"{InlineKey}:{fault}"));
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
