using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Inspection;
using IMDD.Imaging;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent;

/// <summary>Rules that an attribute cannot state.</summary>
internal sealed class AgentOptionsValidator : IValidateOptions<AgentOptions>
{
    private static readonly TimeSpan LeastSilence = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        List<string> errors = [];
        if (options.Asset.Length > 0 && !AssetPath.TryParse(options.Asset, out _, out var error))
        {
            errors.Add($"{AgentOptions.Section}:{nameof(options.Asset)}: {error}");
        }

        if (options.Name.Length > 0 && !NamePart.IsValid(options.Name))
        {
            errors.Add($"{AgentOptions.Section}:{nameof(options.Name)}: must be {NamePart.Expected}");
        }

        errors.AddRange(CameraTiles.Problems(options));
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < options.Cameras.Count; i++)
        {
            var camera = options.Cameras[i];
            var key = $"{AgentOptions.Section}:{nameof(options.Cameras)}:{i}";
            if (!NamePart.IsValid(camera.Name))
            {
                errors.Add($"{key}:{nameof(camera.Name)}: must be {NamePart.Expected}");
            }
            else if (!names.Add(camera.Name))
            {
                errors.Add($"{key}:{nameof(camera.Name)}: must be named once; '{camera.Name}' is there twice");
            }

            if (camera.SilentAfter < LeastSilence)
            {
                errors.Add($"{key}:{nameof(camera.SilentAfter)}: must be at least {LeastSilence}");
            }

            errors.AddRange(CameraTiles.Problems(options, camera, key));
            if (camera.Reference is { Length: > 0 } reference && Problem(reference, options) is { } problem)
            {
                errors.Add($"{key}:{nameof(camera.Reference)}: must be a picture of what the camera sees when all is well; {reference}: {problem}");
            }
        }

        errors.AddRange(CameraGroupRules.Problems(options));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static string? Problem(string reference, AgentOptions options)
    {
        try
        {
            ReferencePicture.Read(reference, new DecodeLimits(options.MaxFrameBytes, options.MaxFramePixels), new OpenCvImageDecoder(), window: null).Dispose();
            return null;
        }
        catch (Exception e) when (e is ImageRejectedException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
