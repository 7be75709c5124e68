namespace IMDD.Hosting;

/// <summary>
/// The configuration is invalid in a way only found while starting (a file it names does not open, …); ends the process with
/// <see cref="ExitCodes.ConfigurationInvalid"/>.
/// </summary>
public sealed class ConfigurationInvalidException(IReadOnlyList<ConfigurationError> errors, Exception? inner = null)
    : Exception(string.Join("; ", errors.Select(error => $"{error.Key}: {error.Message}")), inner)
{
    public ConfigurationInvalidException(string key, string message, Exception? inner = null)
        : this([new ConfigurationError(key, message)], inner)
    {
    }

    /// <summary>What is wrong, in the order found.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
