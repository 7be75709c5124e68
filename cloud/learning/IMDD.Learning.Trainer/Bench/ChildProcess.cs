using System.Diagnostics;
using IMDD.Learning.Training;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>This program once more, in a process whose memory holds nothing else.</summary>
internal static class ChildProcess
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <returns>The last line of its standard output.</returns>
    /// <exception cref="TrainingException">It failed.</exception>
    public static string Run(IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 && lines.Length > 0
            ? lines[^1]
            : throw new TrainingException($"The process of '{string.Join(' ', arguments)}' ended with code {process.ExitCode}.");
    }
}
