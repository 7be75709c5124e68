using System.Text.RegularExpressions;
using IMDD.Hosting;
using Microsoft.Extensions.Configuration;

namespace IMDD.Dapr.Secrets;

/// <summary>Configuration values of the form <c>secret:NAME</c>.</summary>
internal static partial class SecretReferences
{
    private const string Prefix = "secret:";

    /// <summary>True where there is one.</summary>
    public static bool Any(IConfiguration configuration) => configuration.AsEnumerable().Any(pair => IsReference(pair.Value));

    /// <summary>What stands behind each key whose value is a reference.</summary>
    /// <exception cref="ConfigurationInvalidException">Some cannot be resolved; it names every one of their keys.</exception>
    public static async Task<Dictionary<string, string?>> ResolveAsync(IConfiguration configuration, ISecretStore store, CancellationToken cancellationToken)
    {
        Dictionary<string, string?> resolved = new(StringComparer.OrdinalIgnoreCase);
        List<ConfigurationError> errors = [];
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (!IsReference(value))
            {
                continue;
            }

            var name = value![Prefix.Length..];
            if (!Name().IsMatch(name))
            {
                errors.Add(new ConfigurationError(key, $"names the secret '{name}': expected secret:NAME with letters, digits, '.', '_' and '-'"));
                continue;
            }

            try
            {
                if (await store.FindAsync(name, cancellationToken) is { Length: > 0 } secret)
                {
                    resolved[key] = secret;
                }
                else
                {
                    errors.Add(new ConfigurationError(key, $"names the secret '{name}', which is not in {store.Description}"));
                }
            }
            catch (Exception e) when (e is SidecarException or IOException or UnauthorizedAccessException)
            {
                errors.Add(new ConfigurationError(key, $"names the secret '{name}', which cannot be read from {store.Description}: {e.Message}"));
            }
        }

        return errors.Count == 0 ? resolved : throw new ConfigurationInvalidException(errors);
    }

    private static bool IsReference(string? value) => value?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
