using System.CommandLine;
using IMDD.Cli.Output;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Contrast;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bundle contrast</c>: writes the cold-start model, the same bytes every time.</summary>
internal static class BundleContrastCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> output = new("--out") { Description = "Folder to write; must not exist or be empty.", Required = true };
        var json = JsonOutput.CreateOption();
        Command command = new(
            "contrast", "Writes the contrast model: local contrast against a blurred neighbourhood, for a line that has no model yet.")
        {
            output,
            json,
        };
        command.SetAction(parsed => Run(parsed, parsed.GetRequiredValue(output).FullName, parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string directory, bool json)
    {
        // A bundle refuses files that its manifest does not list, so that a stale one beside it would spoil it.
        if (File.Exists(directory) || (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()))
        {
            throw new CommandFailedException($"{directory} exists and is not an empty folder.");
        }

        ContrastBundle.Write(directory);
        var bundle = ModelBundle.Open(directory);
        var writer = parsed.InvocationConfiguration.Output;
        if (json)
        {
            JsonOutput.Write(writer, new { bundle.Manifest.Name, bundle.Digest, bundle.Directory });
        }
        else
        {
            writer.WriteLine($"{bundle.Manifest.Name} {bundle.Digest} in {bundle.Directory}");
        }

        return 0;
    }
}
