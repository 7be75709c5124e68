using Microsoft.Extensions.Options;

namespace IMDD.Messaging.Kafka;

/// <summary>Rules across fields.</summary>
internal sealed class KafkaOptionsValidator : IValidateOptions<KafkaOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KafkaOptions options)
    {
        var errors = new List<string>();
        var usesSasl = options.SecurityProtocol.StartsWith("sasl", StringComparison.Ordinal);
        if (usesSasl && options.SaslMechanism is null)
        {
            errors.Add($"{KafkaOptions.Section}:SaslMechanism: needed with SecurityProtocol '{options.SecurityProtocol}'.");
        }

        if (!usesSasl && (options.SaslMechanism ?? options.SaslUsername ?? options.SaslPassword) is not null)
        {
            errors.Add($"{KafkaOptions.Section}:SecurityProtocol: '{options.SecurityProtocol}' has no use for the Sasl settings.");
        }

        if (options.SslCertificateFile is null != options.SslKeyFile is null)
        {
            errors.Add($"{KafkaOptions.Section}:SslCertificateFile and {KafkaOptions.Section}:SslKeyFile: give both or neither.");
        }

        foreach (var (key, file) in new[]
        {
            ("SslCaFile", options.SslCaFile), ("SslCertificateFile", options.SslCertificateFile), ("SslKeyFile", options.SslKeyFile),
        })
        {
            if (file is not null && !File.Exists(file))
            {
                errors.Add($"{KafkaOptions.Section}:{key}: there is no file '{file}'.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
