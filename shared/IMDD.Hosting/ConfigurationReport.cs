using Microsoft.Extensions.Configuration;

namespace IMDD.Hosting;

/// <summary>Writes configuration errors for the person who has to mend them: each key, its value, where the value came from, what was expected.</summary>
internal static class ConfigurationReport
{
    private static readonly string[] SecretWords = ["password", "secret", "token", "connectionstring", "accountkey"];

    public static void Write(TextWriter writer, string serviceName, IReadOnlyList<ConfigurationError> errors, IConfiguration? configuration)
    {
        writer.WriteLine($"{serviceName}: the configuration is invalid, {errors.Count} error{(errors.Count == 1 ? "" : "s")}:");
        foreach (var error in errors)
        {
            writer.WriteLine($"  {error.Key}: {error.Message}{Found(error.Key, configuration)}");
        }

        writer.Flush();
    }

    private static string Found(string key, IConfiguration? configuration)
    {
        if (configuration is not IConfigurationRoot root)
        {
            return "";
        }

        foreach (var provider in root.Providers.Reverse())
        {
            if (provider.TryGet(key, out var value) && value is not null)
            {
                var shown = IsSecret(key, root) ? "a secret" : $"'{value}'";
                return $" (found {shown}, from {SourceOf(provider)})";
            }
        }

        return "";
    }

    /// <summary>By its name, or because some layer says <c>secret:NAME</c> and another has what stands behind it.</summary>
    private static bool IsSecret(string key, IConfigurationRoot root) => SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase))
        || root.Providers.Any(provider => provider.TryGet(key, out var value) && value?.StartsWith("secret:", StringComparison.Ordinal) == true);

    private static string SourceOf(IConfigurationProvider provider) => provider switch
    {
        Microsoft.Extensions.Configuration.CommandLine.CommandLineConfigurationProvider => "the command line",
        Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider => "the environment",
        FileConfigurationProvider file => $"the file {file.Source.Path}",
        _ => "a default",
    };
}
