using System.Diagnostics;
using System.Globalization;

namespace IMDD.Cli.Bench;

/// <summary>An edge agent in a process of its own, and what it takes of the machine.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process _process;

    private AgentProcess(Process process) => _process = process;

    /// <summary>Processor time it has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory, megabytes of 10^6 bytes.</summary>
    public double ResidentMb
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Starts this program's <c>agent</c> verb.</summary>
    /// <param name="settings">The agent's settings.</param>
    /// <param name="log">Where its lines go.</param>
    public static AgentProcess Start(IEnumerable<KeyValuePair<string, string>> settings, TextWriter log)
    {
        var self = Environment.ProcessPath ?? throw new CommandFailedException("The path of this program is not known.");
        ProcessStartInfo start = new(self) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.ArgumentList.Add(typeof(AgentProcess).Assembly.Location);
        }

        start.ArgumentList.Add("agent");
        foreach (var (key, value) in settings)
        {
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"--{key}={value}"));
        }

        var process = Process.Start(start) ?? throw new CommandFailedException($"{self} did not start.");
        var lines = TextWriter.Synchronized(log);
        process.OutputDataReceived += (_, line) => Forward(line.Data);
        process.ErrorDataReceived += (_, line) => Forward(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new AgentProcess(process);

        void Forward(string? line)
        {
            if (line is not null)
            {
                lines.WriteLine($"agent: {line}");
            }
        }
    }

    /// <exception cref="CommandFailedException">It has ended by itself.</exception>
    public void EnsureAlive()
    {
        if (_process.HasExited)
        {
            throw new CommandFailedException($"The agent ended with exit code {_process.ExitCode}.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
