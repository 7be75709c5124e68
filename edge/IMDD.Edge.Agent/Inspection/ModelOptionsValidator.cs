using IMDD.Inference;
using IMDD.Inference.Signing;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Rules that an attribute cannot state.</summary>
internal sealed class ModelOptionsValidator : IValidateOptions<ModelOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ModelOptions options)
    {
        List<string> errors = [.. options.ToProvider().Problems().Select(p => $"{ModelOptions.Section}:{p.Option}: {p.Rule}")];
        for (var i = 0; i < options.WarmUpSizes.Count; i++)
        {
            if (!FrameSize.TryParse(options.WarmUpSizes[i], out _))
            {
                errors.Add($"{ModelOptions.Section}:{nameof(options.WarmUpSizes)}:{i}: must be WIDTHxHEIGHT in pixels, such as 512x512");
            }
        }

        for (var i = 0; i < options.TrustedKeys.Count; i++)
        {
            try
            {
                TrustedKeys.Load(options.TrustedKeys[i]);
            }
            catch (SigningKeyException e)
            {
                errors.Add($"{ModelOptions.Section}:{nameof(options.TrustedKeys)}:{i}: {e.Message}");
            }
        }

        if (options.TrustRoot.Length > 0 && options.TrustedKeys.Count > 0)
        {
            errors.Add(
                $"{ModelOptions.Section}:{nameof(options.TrustRoot)}: names which keys are trusted; {nameof(options.TrustedKeys)} beside it must be empty, or a key that is withdrawn would still be good there");
        }
        else if (options.TrustRoot.Length > 0)
        {
            try
            {
                TrustStore.Read(options.TrustRoot);
            }
            catch (TrustRootException e)
            {
                errors.Add($"{ModelOptions.Section}:{nameof(options.TrustRoot)}: {e.Message}");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
