using Microsoft.Extensions.Options;

namespace IMDD.Messaging.Mqtt;

/// <summary>Rules across fields.</summary>
internal sealed class MqttSessionOptionsValidator : IValidateOptions<MqttSessionOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MqttSessionOptions options)
    {
        var errors = new List<string>();
        if (options.CertificateFile is null != options.KeyFile is null)
        {
            errors.Add($"{MqttSessionOptions.Section}:CertificateFile and {MqttSessionOptions.Section}:KeyFile: give both or neither.");
        }

        if (!options.UseTls && (options.CaFile ?? options.CertificateFile ?? options.KeyFile) is not null)
        {
            errors.Add($"{MqttSessionOptions.Section}:UseTls: must be true where CaFile, CertificateFile or KeyFile is given.");
        }

        foreach (var (key, file) in new[] { ("CaFile", options.CaFile), ("CertificateFile", options.CertificateFile), ("KeyFile", options.KeyFile) })
        {
            if (file is not null && !File.Exists(file))
            {
                errors.Add($"{MqttSessionOptions.Section}:{key}: there is no file '{file}'.");
            }
        }

        if (options.Password is not null && options.Username is null)
        {
            errors.Add($"{MqttSessionOptions.Section}:Username: needed where Password is given.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
