using System.Diagnostics;
using System.Text;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>An aggregator as a process of its own, which can be paused and killed.</summary>
internal sealed class AggregatorProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    public AggregatorProcess(string bootstrapServers, IReadOnlyDictionary<string, string?> database, string name)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "IMDD.Cloud.Aggregator"))
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (key, value) in database)
        {
            start.ArgumentList.Add($"--{key}={value}");
        }

        foreach (var argument in (string[])[
            "--urls=http://127.0.0.1:0", $"--Kafka:BootstrapServers={bootstrapServers}", "--Kafka:SessionTimeout=00:00:06", "--Kafka:DeliveryTimeout=00:00:03",
            $"--Aggregator:InstanceName={name}", "--Aggregator:EmitPeriod=00:00:00.200", "--Aggregator:BatchRecords=50"])
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it logged.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public void Pause() => Signal("STOP");

    public void Resume() => Signal("CONT");

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM; its exit code.</summary>
    public Task<int> StopAsync()
    {
        Signal("TERM");
        return WaitForExitAsync();
    }

    /// <summary>Its exit code, once it ends by itself.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
