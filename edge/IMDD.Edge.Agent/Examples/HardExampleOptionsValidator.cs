using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Examples;

/// <summary>Rules that an attribute cannot state.</summary>
internal sealed class HardExampleOptionsValidator : IValidateOptions<HardExampleOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HardExampleOptions options)
    {
        List<string> errors = [.. Problems(nameof(options.Budget), options.Budget), .. Problems(nameof(options.ReasonBudget), options.ReasonBudget)];
        if (options.ShadowMaxWaiting > options.MaxWaiting)
        {
            errors.Add(
                $"{HardExampleOptions.Section}:{nameof(options.ShadowMaxWaiting)}: must be at most {nameof(options.MaxWaiting)} ({options.MaxWaiting}): the second model is the first to rest");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Problems(string key, ExampleBudget budget)
    {
        foreach (var (span, most) in new[] { (nameof(budget.PerMinute), budget.PerMinute), (nameof(budget.PerHour), budget.PerHour), (nameof(budget.PerDay), budget.PerDay) })
        {
            if (most is < 0 or > ExampleBudget.Most)
            {
                yield return $"{HardExampleOptions.Section}:{key}:{span}: must be from 0 to {ExampleBudget.Most}; it is {most}";
            }
        }
    }
}
