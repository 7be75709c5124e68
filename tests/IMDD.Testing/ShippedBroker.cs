using System.Diagnostics;

namespace IMDD.Testing;

/// <summary>mosquitto as <c>infra/mosquitto</c> ships it: TLS, client certificates and the ACL, on a port and in folders of its own.</summary>
public sealed class ShippedBroker : IAsyncDisposable
{
    private readonly TestDirectory _directory;

    private ShippedBroker(TestDirectory directory, MosquittoBroker process) => (_directory, Process) = (directory, process);

    /// <summary>The process; kill it, start it again.</summary>
    public MosquittoBroker Process { get; }

    /// <summary>PEM file of the authority.</summary>
    public string Authority => _directory.File("ca.pem");

    /// <summary>Path of an executable it needs, or null with the reason to skip.</summary>
    public static string? Find(out string reason) =>
        MosquittoBroker.Find(out reason) is { } mosquitto && ToolRequirement.Find("openssl", "apt-get install -y openssl", out reason) is not null
            ? mosquitto
            : null;

    /// <summary>Starts it.</summary>
    /// <param name="entries">Arguments of <c>acl-entry.sh</c> per identity: role, common name, cell, and an agent's name. Each gets a certificate.</param>
    public static async Task<ShippedBroker> StartAsync(params IReadOnlyList<string[]> entries)
    {
        TestDirectory directory = new();
        var acl = await File.ReadAllTextAsync(Repository.PathOf("infra", "mosquitto", "acl"));
        await RunAsync("certs/make.sh", directory.Path, "server", "localhost", "127.0.0.1");
        foreach (var entry in entries)
        {
            acl += await RunAsync("mosquitto/acl-entry.sh", entry);
            await RunAsync("certs/make.sh", directory.Path, "client", entry[1]);
        }

        await File.WriteAllTextAsync(directory.File("acl"), acl);
        var shipped = await File.ReadAllTextAsync(Repository.PathOf("infra", "mosquitto", "mosquitto.conf"));
        return new ShippedBroker(directory, await MosquittoBroker.StartAsync(port => Relocate(shipped, directory.Path, port)));
    }

    /// <summary>A certificate of the broker's authority; <c>{commonName}.pem</c> and <c>.key</c> lie beside <see cref="Authority"/>.</summary>
    public Task IssueAsync(string commonName) => RunAsync("certs/make.sh", _directory.Path, "client", commonName);

    /// <summary>PEM file of an identity's certificate.</summary>
    public string Certificate(string commonName) => _directory.File(commonName + ".pem");

    /// <summary>PEM file of an identity's key.</summary>
    public string Key(string commonName) => _directory.File(commonName + ".key");

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>The shipped file with only paths and port changed; what the test broker sets itself is left out.</summary>
    private static string Relocate(string shipped, string folder, int port) => string.Join('\n', shipped
        .Split('\n')
        .Where(line => !line.StartsWith("persistence_location ", StringComparison.Ordinal) && !line.StartsWith("log_dest ", StringComparison.Ordinal))
        .Select(line => line.Replace("/mosquitto/certs/", folder + "/", StringComparison.Ordinal)
            .Replace("/mosquitto/config/", folder + "/", StringComparison.Ordinal)
            .Replace("listener 8883", $"listener {port} 127.0.0.1", StringComparison.Ordinal)));

    private static async Task<string> RunAsync(string script, params string[] arguments)
    {
        ProcessStartInfo start = new(Repository.PathOf("infra", script), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start) ?? throw new InvalidOperationException($"{script} did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script} {string.Join(' ', arguments)}: {await error}");
    }
}
