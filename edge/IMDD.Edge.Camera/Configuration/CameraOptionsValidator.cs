using IMDD.Contracts.Identity;
using IMDD.Synthetics;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Camera.Configuration;

/// <summary>Rules across fields, and those that attributes cannot say.</summary>
internal sealed class CameraOptionsValidator : IValidateOptions<CameraOptions>
{
    public ValidateOptionsResult Validate(string? name, CameraOptions options)
    {
        List<string> errors = [];
        if (options.Asset.Length > 0 && !AssetPath.TryParse(options.Asset, out _, out var assetError))
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.Asset)}: {assetError}");
        }

        foreach (var camera in options.Names.Where(n => !NamePart.IsValid(n)))
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.Names)}: '{camera}' is not a camera name: expected {NamePart.Expected}.");
        }

        if (options.Names.Distinct(StringComparer.Ordinal).Count() != options.Names.Count)
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.Names)}: a camera is named twice.");
        }

        if (options.Source == FrameSourceKind.Folder && !Directory.Exists(options.Folder))
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.Folder)}: '{options.Folder}' is not a folder; it is needed where Source is Folder.");
        }

        if (options.Source == FrameSourceKind.Video && !File.Exists(options.Video))
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.Video)}: '{options.Video}' is not a file; it is needed where Source is Video.");
        }

        if (options.Wait && options.Frames == 0)
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.Frames)}: must be above 0 where Wait is set, or the run never ends.");
        }

        if (options.MaxResendDelay < options.ResendAfter)
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.MaxResendDelay)}: is {options.MaxResendDelay}; must not be below ResendAfter, {options.ResendAfter}.");
        }

        if (options.MaxSpoolBytes < options.MaxFrameBytes)
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.MaxSpoolBytes)}: is {options.MaxSpoolBytes}; must hold at least one frame of MaxFrameBytes, {options.MaxFrameBytes}.");
        }

        CheckSynthetic(options, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckSynthetic(CameraOptions options, List<string> errors)
    {
        var known = string.Join(", ", DefectKinds.All.Select(k => k.Name()));
        foreach (var kind in options.Synthetic.Kinds)
        {
            if (!DefectKinds.TryParse(kind, out var parsed))
            {
                errors.Add($"{CameraOptions.Section}:{nameof(options.Synthetic)}:Kinds: '{kind}' is not a kind of defect: expected one of {known}.");
            }
            else if (parsed == DefectKind.MissingPart && options.Synthetic.Parts == 0)
            {
                errors.Add($"{CameraOptions.Section}:{nameof(options.Synthetic)}:Parts: is 0; no part can be missing, though Kinds names missing-part.");
            }
        }

        if (options.Synthetic.NewKind is { } newKind)
        {
            if (!DefectKinds.TryParse(newKind, out _))
            {
                errors.Add($"{CameraOptions.Section}:{nameof(options.Synthetic)}:NewKind: '{newKind}' is not a kind of defect: expected one of {known}.");
            }

            if (options.Synthetic.LoopFrames > 0)
            {
                errors.Add($"{CameraOptions.Section}:{nameof(options.Synthetic)}:LoopFrames: is {options.Synthetic.LoopFrames}; must be 0 where NewKind is set: a loop shows nothing new.");
            }
        }

        foreach (var texture in options.Synthetic.Textures.Where(t => !Enum.IsDefined(t)))
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.Synthetic)}:Textures: '{texture}' is not a texture: expected one of {string.Join(", ", Enum.GetNames<SurfaceTexture>())}.");
        }

        if (options.TruthFile is not null && options.Source != FrameSourceKind.Synthetic)
        {
            errors.Add($"{CameraOptions.Section}:{nameof(options.TruthFile)}: only synthetic frames have a known truth; Source is {options.Source}.");
        }
    }
}
