using IMDD.Contracts.Identity;
using IMDD.Relational;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry;

/// <summary>Rules that an attribute cannot state.</summary>
internal sealed class RegistryOptionsValidator : IValidateOptions<RegistryOptions>
{
    private const string Section = RegistryOptions.Section;

    public ValidateOptionsResult Validate(string? name, RegistryOptions options)
    {
        List<string> errors = [];
        if (!NamePart.IsValid(options.InstanceName))
        {
            errors.Add($"{Section}:InstanceName is '{options.InstanceName}': expected {NamePart.Expected}.");
        }

        if (options.MaxBundleBytes < options.MaxFileBytes)
        {
            errors.Add($"{Section}:MaxBundleBytes must not be below MaxFileBytes ({options.MaxFileBytes}).");
        }

        if (!string.IsNullOrEmpty(options.ConnectionString) && !RelationalDatabase.IsConnectionString(options.ConnectionString))
        {
            errors.Add($"{Section}:ConnectionString is not a PostgreSQL connection string: expected 'Host=…;Database=…;Username=…'.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
