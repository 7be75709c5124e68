using System.Diagnostics;
using System.Text.Json;

namespace IMDD.Testing;

/// <summary>kcat: a Kafka client that shares no code with ours but librdkafka's protocol.</summary>
public sealed class KcatClient(string bootstrapServers)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Path of the executable, or null with the reason to skip.</summary>
    public static string? Find(out string reason) => ToolRequirement.Find("kcat", "apt-get install -y kcat", out reason);

    /// <summary>Every record of a topic, from the beginning to its end as it is now.</summary>
    public async Task<IReadOnlyList<KcatRecord>> ReadAsync(string topic)
    {
        var output = await RunAsync("-C", "-t", topic, "-o", "beginning", "-e", "-q", "-J");
        return
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => KcatRecord.Parse(JsonDocument.Parse(line).RootElement)),
        ];
    }

    /// <summary>Runs kcat with these arguments after the broker list and returns its output.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var executable = Find(out var reason) ?? throw new InvalidOperationException(reason);
        using var process = Process.Start(new ProcessStartInfo(executable, ["-b", bootstrapServers, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(Timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"kcat: {await errors}");
        }
        catch (OperationCanceledException exception)
        {
            process.Kill();
            throw new TimeoutException($"kcat {string.Join(' ', arguments)} did not end within {Timeout}.", exception);
        }
    }
}
