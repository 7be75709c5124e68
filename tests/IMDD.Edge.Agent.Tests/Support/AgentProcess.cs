using System.Diagnostics;
using System.Text;
using IMDD.Edge.Agent.Faults;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>The agent as a process of its own, with the bundle it is shipped with.</summary>
internal sealed class AgentProcess : IDisposable
{
    private static readonly TimeSpan Exit = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    public AgentProcess(IEnumerable<KeyValuePair<string, string?>> settings, string? crashPoint = null)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "IMDD.Edge.Agent"))
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in settings)
        {
            start.ArgumentList.Add($"--{key}={value}");
        }

        start.ArgumentList.Add($"--{AgentOptions.Section}:{nameof(AgentOptions.AllowFaultInjection)}=true");
        start.Environment[CrashPoints.Variable] = crashPoint ?? "";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it has said so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        // Bounded: without a time it also waits for the end of the output, which whoever inherited it can hold open.
        _process.WaitForExit(Exit);
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
