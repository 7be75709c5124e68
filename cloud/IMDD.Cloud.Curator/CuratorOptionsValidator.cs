using IMDD.Cloud.Curator.Labels;
using IMDD.Contracts.Identity;
using IMDD.Relational;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Curator;

/// <summary>What attributes cannot say of <see cref="CuratorOptions"/>.</summary>
internal sealed class CuratorOptionsValidator : IValidateOptions<CuratorOptions>
{
    private const string Section = CuratorOptions.Section;

    public ValidateOptionsResult Validate(string? name, CuratorOptions options)
    {
        List<string> errors = [];
        if (options.InstanceName is { } instance && !NamePart.IsValid(instance))
        {
            errors.Add($"{Section}:InstanceName is '{instance}': expected {NamePart.Expected}.");
        }

        if (!string.IsNullOrEmpty(options.ConnectionString) && !RelationalDatabase.IsConnectionString(options.ConnectionString))
        {
            errors.Add($"{Section}:ConnectionString is not a PostgreSQL connection string: expected 'Host=…;Database=…;Username=…'.");
        }

        for (var i = 0; i < options.Vocabulary.Count; i++)
        {
            if (!DefectName.TryNormalise(options.Vocabulary[i], out _))
            {
                errors.Add($"{Section}:Vocabulary:{i} is '{options.Vocabulary[i]}': expected {DefectName.Expected}.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
