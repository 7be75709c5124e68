using System.Diagnostics;
using System.Net.Sockets;

namespace IMDD.Testing;

/// <summary>Azurite, the blob service of Azure as a process of its own, in memory.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Script = "dist/src/blob/main.js";
    private const string Account = "devstoreaccount1";

    // The published key of the development account: every emulator has it.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int Attempts = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private AzuriteServer(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Connection string of the account.</summary>
    public string ConnectionString
        => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{Port}/{Account};";

    /// <summary>Starts it on a free port.</summary>
    /// <exception cref="InvalidOperationException">It did not start.</exception>
    public static async Task<AzuriteServer> StartAsync(NodePackages packages)
    {
        for (var attempt = 1; ; attempt++)
        {
            AzuriteServer server = new(Start(packages, FreePort.Next(), out var port), port);
            if (await server.AnswersAsync())
            {
                return server;
            }

            await server.DisposeAsync();
            if (attempt == Attempts)
            {
                throw new InvalidOperationException($"Azurite did not start in {Attempts} attempts of {StartTimeout}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(NodePackages packages, int free, out int port)
    {
        port = free;
        ProcessStartInfo start = new(packages.Executable)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[
            Path.Combine(packages.FolderOf("azurite"), Script), "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--silent",
            "--disableTelemetry", "--inMemoryPersistence", "--skipApiVersionCheck"])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;

        // Nobody reads what it says; a full pipe would stop it.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<bool> AnswersAsync()
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < StartTimeout && !_process.HasExited; await Task.Delay(50))
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync("127.0.0.1", Port);
                return true;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        return false;
    }
}
