using System.CommandLine;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bundle key</c>: makes a key to sign releases with.</summary>
internal static class BundleKeyCommand
{
    public static Command Create()
    {
        Option<FileInfo> output = new("--out") { Description = "File of the private key; the public one is written beside it with .pub.", Required = true };
        var json = JsonOutput.CreateOption();
        Command command = new("key", "Makes a key pair, ECDSA P-256. Agents are given the public half (Edge:Model:TrustedKeys), old and new while a key is changed.") { output, json };
        command.SetAction(parsed =>
        {
            var file = parsed.GetRequiredValue(output).FullName;
            using var key = Make(file);
            var (publicFile, id) = (PrivateKey.PublicFileOf(file), key.Id);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(parsed.InvocationConfiguration.Output, new { KeyId = id, PrivateKey = file, PublicKey = publicFile });
            }
            else
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{id}\nprivate {file}\npublic  {publicFile}");
            }

            return ExitCodes.Stopped;
        });
        return command;
    }

    private static PrivateKey Make(string file)
    {
        try
        {
            return PrivateKey.Create(file);
        }
        catch (SigningKeyException e)
        {
            throw new CommandFailedException(e.Message, inner: e);
        }
    }
}
