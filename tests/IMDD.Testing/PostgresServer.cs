using System.Diagnostics;

namespace IMDD.Testing;

/// <summary>
/// A PostgreSQL server of its own, on a socket in a temporary folder, as an unprivileged user. Started once per process by whoever asks
/// first; a database per test.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "imdd";
    private const string Install = "apt-get install postgresql";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly TestDirectory _directory;
    private readonly string _binaries;
    private readonly Process _server;
    private int _databases;

    private PostgresServer(TestDirectory directory, string binaries, Process server)
        => (_directory, _binaries, _server) = (directory, binaries, server);

    /// <summary>The folder of PostgreSQL's programs, or null with the reason to give to <c>Assert.SkipWhen</c>.</summary>
    public static string? FindBinaries(out string reason)
    {
        const string root = "/usr/lib/postgresql";
        reason = $"{ToolRequirement.Marker}postgres; install it with: {Install}";
        return Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
    }

    /// <summary>Starts a server.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message has its output.</exception>
    public static async Task<PostgresServer> StartAsync(string binaries)
    {
        TestDirectory directory = new();
        var data = directory.File("data");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", directory.Path);
        }

        await RunAsync([.. Unprivileged, Path.Combine(binaries, "initdb"), "-D", data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        var server = Start(
            [.. Unprivileged, Path.Combine(binaries, "postgres"), "-D", data, "-k", directory.Path, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=500"]);
        PostgresServer started = new(directory, binaries, server);
        await started.WaitUntilReadyAsync();
        return started;
    }

    /// <summary>Connection string of a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await RunAsync(Path.Combine(_binaries, "createdb"), "-h", _directory.Path, "-U", User, name);
        return $"Host={_directory.Path};Username={User};Database={name};Maximum Pool Size=20;Timeout=30";
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        _directory.Dispose();
    }

    private static string[] Unprivileged => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    private async Task WaitUntilReadyAsync()
    {
        var deadline = Stopwatch.GetTimestamp();
        while (true)
        {
            using var probe = Start([Path.Combine(_binaries, "pg_isready"), "-h", _directory.Path, "-U", User, "-q"]);
            await probe.WaitForExitAsync();
            if (probe.ExitCode == 0)
            {
                return;
            }

            if (_server.HasExited || Stopwatch.GetElapsedTime(deadline) > StartTimeout)
            {
                throw new InvalidOperationException($"PostgreSQL did not start in {StartTimeout}; it has {(_server.HasExited ? "exited" : "not answered")}.");
            }

            await Task.Delay(50);
        }
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await output}{await errors}");
        }
    }

    private static Process Start(string[] command)
    {
        ProcessStartInfo start = new(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/", UseShellExecute = false };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
