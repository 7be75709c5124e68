using IMDD.Contracts.Identity;
using IMDD.Relational;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator;

/// <summary>Rules across the keys of <see cref="AggregatorOptions"/>.</summary>
internal sealed class AggregatorOptionsValidator : IValidateOptions<AggregatorOptions>
{
    private const string Section = AggregatorOptions.Section;

    public ValidateOptionsResult Validate(string? name, AggregatorOptions options)
    {
        List<string> errors = [];
        if (options.InstanceName is { } instance && !NamePart.IsValid(instance))
        {
            errors.Add($"{Section}:InstanceName is '{instance}': expected {NamePart.Expected}.");
        }

        if (options.MinuteRetention <= options.IdRetention)
        {
            errors.Add($"{Section}:MinuteRetention must be longer than IdRetention ({options.IdRetention}): a window must outlive what may still change it.");
        }

        if (options.Alarms.MinBaselineWindows > options.Alarms.BaselineWindows)
        {
            errors.Add($"{Section}:Alarms:MinBaselineWindows must not be above BaselineWindows ({options.Alarms.BaselineWindows}).");
        }

        if (options.Drift.WatchLevel >= options.Drift.DriftLevel)
        {
            errors.Add($"{Section}:Drift:WatchLevel must be below DriftLevel ({options.Drift.DriftLevel}): an alarm would be raised and cleared by the same window.");
        }

        if (options.Drift.Signals > options.Drift.OfWindows)
        {
            errors.Add($"{Section}:Drift:Signals must not be above OfWindows ({options.Drift.OfWindows}).");
        }

        foreach (var (line, target) in options.Alarms.YieldTargets)
        {
            if (target is not (>= 0 and <= 1))
            {
                errors.Add($"{Section}:Alarms:YieldTargets:{line} must be from 0 to 1.");
            }
        }

        if (!string.IsNullOrEmpty(options.ConnectionString) && !RelationalDatabase.IsConnectionString(options.ConnectionString))
        {
            errors.Add($"{Section}:ConnectionString is not a PostgreSQL connection string: expected 'Host=…;Database=…;Username=…'.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
