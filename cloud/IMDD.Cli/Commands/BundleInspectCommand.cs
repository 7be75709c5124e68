using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using IMDD.Cli.Bundles;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Inference.Bundles;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bundle inspect</c>: what a bundle says of itself.</summary>
internal static class BundleInspectCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> folder = new("--bundle") { Description = "The bundle's folder.", Required = true };
        var json = JsonOutput.CreateOption();
        Command command = new("inspect", "Shows a bundle that is whole, whoever made it; the signatures it names are not checked.") { folder, json };
        command.SetAction(parsed =>
        {
            try
            {
                Show(ModelBundle.Open(parsed.GetRequiredValue(folder).FullName), parsed.InvocationConfiguration.Output, parsed.GetValue(json));
                return ExitCodes.Stopped;
            }
            catch (Exception e) when (e is ModelBundleException or JsonException or IOException)
            {
                throw new CommandFailedException(e.Message, inner: e);
            }
        });
        return command;
    }

    private static void Show(ModelBundle bundle, TextWriter output, bool json)
    {
        var manifest = bundle.Manifest;
        List<string> signers = [.. (BundleSigner.Existing(bundle)?.Signatures ?? []).Select(signature => signature.KeyId ?? "a key without id")];
        if (json)
        {
            JsonOutput.Write(output, new
            {
                manifest.Name,
                manifest.Version,
                manifest.ReleaseCounter,
                manifest.CreatedAt,
                manifest.ExpiresAt,
                bundle.Digest,
                Classes = manifest.Classes.Select(c => c.Id),
                Rows = manifest.Rows.Count,
                manifest.Stride,
                manifest.Opset,
                Files = manifest.Files.Select(f => new { f.Path, f.Sha256, f.SizeBytes }),
                ClaimedSigners = signers,
            });
            return;
        }

        Line("model", $"{manifest.Name} {manifest.Version}");
        Line("release", manifest.ReleaseCounter);
        Line("created", manifest.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Line("digest", bundle.Digest);
        Line("classes", string.Join(", ", manifest.Classes.Select(c => c.Id)));
        Line("claims signers", signers.Count == 0 ? "none" : string.Join(", ", signers));
        foreach (var file in manifest.Files)
        {
            Line(file.Path, string.Create(CultureInfo.InvariantCulture, $"{file.SizeBytes} bytes, sha256 {file.Sha256}"));
        }

        void Line<T>(string name, T value) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20}{value}"));
    }
}
