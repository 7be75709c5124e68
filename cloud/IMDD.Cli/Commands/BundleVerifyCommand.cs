using System.CommandLine;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bundle verify</c>: what an agent checks before it loads a bundle.</summary>
internal static class BundleVerifyCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> folder = new("--bundle") { Description = "The bundle's folder.", Required = true };
        Option<string[]> keys = new("--key") { Description = "PEM file with public keys of which one must have signed; may be repeated.", Required = true };
        var json = JsonOutput.CreateOption();
        Command command = new("verify", "Checks a bundle's signature and every byte of every file.") { folder, keys, json };
        command.SetAction(parsed =>
        {
            var directory = parsed.GetRequiredValue(folder).FullName;
            try
            {
                var bundle = ModelBundle.Open(directory, new BundleTrust { Keys = TrustedKeys.Load(parsed.GetRequiredValue(keys)) });
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(
                        parsed.InvocationConfiguration.Output,
                        new { bundle.Manifest.Name, bundle.Manifest.Version, bundle.Manifest.ReleaseCounter, bundle.Digest, bundle.SignedBy });
                }
                else
                {
                    parsed.InvocationConfiguration.Output.WriteLine($"{bundle.Manifest.Name} {bundle.Manifest.Version} {bundle.Digest} signed by {bundle.SignedBy}");
                }

                return ExitCodes.Stopped;
            }
            catch (Exception e) when (e is ModelBundleException or SigningKeyException)
            {
                throw new CommandFailedException($"{directory} is refused: {e.Message}", inner: e);
            }
        });
        return command;
    }
}
