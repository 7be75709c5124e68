using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace IMDD.Storage;

/// <summary>Rules across the keys of <see cref="BlobStoreOptions"/>.</summary>
internal sealed partial class BlobStoreOptionsValidator : IValidateOptions<BlobStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, BlobStoreOptions options)
    {
        List<string> errors = [];
        if (options.Kind == BlobStoreKind.Folder && string.IsNullOrWhiteSpace(options.Directory))
        {
            errors.Add($"{BlobStoreOptions.Section}:Directory is required when Kind is 'folder'.");
        }

        if (options.Kind == BlobStoreKind.Azure)
        {
            if (string.IsNullOrWhiteSpace(options.ConnectionString))
            {
                errors.Add($"{BlobStoreOptions.Section}:ConnectionString is required when Kind is 'azure'.");
            }

            if (!ContainerName().IsMatch(options.Container ?? ""))
            {
                errors.Add($"{BlobStoreOptions.Section}:Container is '{options.Container}': expected 3 to 63 of a-z, 0-9 and single '-', starting and ending with a letter or digit.");
            }
        }

        if (options.PublicBaseUri is { } uri
            && (!uri.IsAbsoluteUri || uri.Scheme is not ("http" or "https") || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0))
        {
            errors.Add($"{BlobStoreOptions.Section}:PublicBaseUri must be an absolute http or https address without user, query (no secret goes into events) or fragment.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContainerName();
}
