using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IMDD.Testing;

/// <summary><c>imdd demo --json</c> as a process of its own. The test project must refer to IMDD.Cli, which puts the program beside it.</summary>
public sealed partial class DemoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ToolProcess _process;

    /// <summary>Starts it; ports are the next free ones from wherever this process finds one.</summary>
    public DemoProcess(params string[] arguments)
        => _process = new ToolProcess(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "imdd.dll"), "demo", "--json",
                "--mqtt-port", Port(), "--kafka-port", Port(), "--page-port", Port(),
                .. arguments,
            ]);

    /// <summary>Everything it has printed.</summary>
    public string Output => _process.Output;

    /// <summary>Where the page is, once it says so.</summary>
    public Task<string> PageAsync() => FindAsync(PageLine());

    /// <summary>Kafka's bootstrap address, once it says so.</summary>
    public Task<string> KafkaAsync() => FindAsync(KafkaLine());

    /// <summary>The result, once it is printed.</summary>
    public async Task<JsonNode> ResultAsync() => JsonNode.Parse(await FindAsync(ResultLine()))!;

    /// <summary>Ctrl-C.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await _process.WaitAsync(Patience);
    }

    /// <summary>Waits until it ends by itself.</summary>
    public Task<int> WaitAsync() => _process.WaitAsync(Patience);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Port() => FreePort.Next().ToString(CultureInfo.InvariantCulture);

    private async Task<string> FindAsync(Regex line)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(50))
        {
            if (line.Match(Output) is { Success: true } match)
            {
                return match.Groups["value"].Value;
            }

            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The demo ended: {Output}");
            }
        }

        throw new TimeoutException($"The demo did not print {line} within {Patience}: {Output}");
    }

    [GeneratedRegex(@"^page\s+(?<value>http\S+)", RegexOptions.Multiline)]
    private static partial Regex PageLine();

    [GeneratedRegex(@"^Kafka\s+(?<value>\S+)", RegexOptions.Multiline)]
    private static partial Regex KafkaLine();

    [GeneratedRegex(@"^(?<value>\{.*\})\s*$", RegexOptions.Multiline)]
    private static partial Regex ResultLine();
}
