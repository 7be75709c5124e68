using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace IMDD.Testing;

/// <summary>A mosquitto process on a port and a folder of its own; it can be killed and started again on the same ones.</summary>
public sealed partial class MosquittoBroker : IAsyncDisposable
{
    /// <summary>
    /// Keeps what it acknowledged through kill -9, and queues without a limit: the settings of <c>infra/mosquitto</c> that matter to tests.
    /// </summary>
    public const string Durable = """
        persistence true
        autosave_on_changes true
        autosave_interval 1
        max_queued_messages 0
        allow_anonymous true
        """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly string _executable;
    private readonly TestDirectory _directory = new();
    private readonly Func<int, string> _settings;
    private ToolProcess? _process;

    private MosquittoBroker(string executable, Func<int, string> settings)
    {
        _executable = executable;
        _settings = settings;
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Folder of its configuration and persistence.</summary>
    public string Directory => _directory.Path;

    /// <summary>What it has printed since it was last started.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Its version, as it says at start.</summary>
    public Version Version => Version.Parse(VersionLine().Match(Output).Groups["version"].Value);

    /// <summary>Path of the executable, or null with the reason to skip.</summary>
    public static string? Find(out string reason) => ToolRequirement.Find("mosquitto", "apt-get install -y mosquitto", out reason);

    /// <summary>Starts one with a plain listener, or skips the test where mosquitto is missing.</summary>
    public static Task<MosquittoBroker> StartAsync(string settings = Durable) => StartAsync(port => $"listener {port} 127.0.0.1\n{settings}");

    /// <summary>Starts one with settings for a port, listener included.</summary>
    public static async Task<MosquittoBroker> StartAsync(Func<int, string> settings)
    {
        var executable = Find(out var reason) ?? throw new InvalidOperationException(reason);
        for (var attempt = 1; ; attempt++)
        {
            var broker = new MosquittoBroker(executable, settings) { Port = FreePort.Next() };
            try
            {
                await broker.StartProcessAsync();
                return broker;
            }
            catch (InvalidOperationException) when (attempt < 5 && broker.Output.Contains("in use", StringComparison.Ordinal))
            {
                await broker.DisposeAsync();
            }
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            await process.DisposeAsync();
        }
    }

    /// <summary>Deletes what it kept, as a broker does that has lost its disk; after <see cref="KillAsync"/>.</summary>
    public void Forget() => File.Delete(_directory.File("mosquitto.db"));

    /// <summary>Starts it again after <see cref="KillAsync"/>, on the same port and folder.</summary>
    public Task RestartAsync() => StartProcessAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _directory.Dispose();
    }

    private async Task StartProcessAsync()
    {
        var configuration = _directory.File("mosquitto.conf");

        // Started by root it would drop to a user that cannot read the folder; started by another user it ignores this.
        await File.WriteAllTextAsync(configuration, $"user root\npersistence_location {_directory.Path}/\nlog_dest stderr\n{_settings(Port)}\n");
        _process = new ToolProcess(_executable, ["-c", configuration]);
        var started = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || started.Elapsed > StartTimeout)
            {
                await _process.KillAsync();
                throw new InvalidOperationException($"mosquitto did not start: {Output}");
            }

            await Task.Delay(20);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"mosquitto version (?<version>\d+\.\d+\.\d+) starting", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionLine();
}
