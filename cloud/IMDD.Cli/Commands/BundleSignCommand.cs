using System.CommandLine;
using System.Text.Json;
using IMDD.Cli.Bundles;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bundle sign</c>: writes <c>manifest.dsse</c>.</summary>
internal static class BundleSignCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> folder = new("--bundle") { Description = "The bundle's folder.", Required = true };
        Option<FileInfo> key = new("--key") { Description = "Private key, ECDSA P-256 in PEM.", Required = true };
        Option<bool> add = new("--add") { Description = "Keep the signatures of other keys, while a key is changed." };
        Option<long?> counter = new("--counter")
        {
            Description = "Which release of its name it is, from 1: what the manifest says from now on. An agent takes none that is older than what ran there, nor another of the same counter.",
        };
        counter.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() < 1)
            {
                result.AddError("--counter must be at least 1.");
            }
        });
        var json = JsonOutput.CreateOption();
        Command command = new("sign", "Signs a bundle after checking that it is whole.") { folder, key, add, counter, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(add) && result.GetValue(counter) is not null)
            {
                result.AddError("--add keeps the signatures of a manifest, and --counter changes it: expected one of them.");
            }
        });
        command.SetAction(parsed =>
        {
            var directory = parsed.GetRequiredValue(folder).FullName;
            try
            {
                using var signer = PrivateKey.Read(parsed.GetRequiredValue(key).FullName);
                BundleSigner.Sign(directory, signer, parsed.GetValue(add), parsed.GetValue(counter));
                var id = signer.Id;
                var digest = ModelBundle.Open(directory).Digest;
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(parsed.InvocationConfiguration.Output, new { Digest = digest, KeyId = id });
                }
                else
                {
                    parsed.InvocationConfiguration.Output.WriteLine($"{digest} signed by {id}");
                }

                return ExitCodes.Stopped;
            }
            catch (SigningKeyException e)
            {
                throw new CommandFailedException(e.Message, inner: e);
            }
            catch (Exception e) when (e is ModelBundleException or IOException or UnauthorizedAccessException or JsonException)
            {
                throw new CommandFailedException($"{directory} is not signed: {e.Message}", inner: e);
            }
        });
        return command;
    }
}
