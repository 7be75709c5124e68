using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>The edge network's training step in another PyTorch, for what it is: another version, built with other libraries.</summary>
/// <param name="Version">Of PyTorch.</param>
/// <param name="StepMs">Median by the clock.</param>
/// <param name="ProcessorMs">Median of processor time.</param>
internal sealed record PythonStep(string Version, double StepMs, double ProcessorMs)
{
    private const string Script = "segmenter_step.py";

    /// <summary>Measures; null where the interpreter or its torch is missing.</summary>
    /// <exception cref="InvalidOperationException">It is there and the script failed.</exception>
    public static PythonStep? Measure(string python, string plan, int crops, int side, int runs, int threads)
    {
        using var script = typeof(PythonStep).Assembly.GetManifestResourceStream(Script)!;
        ProcessStartInfo start = new(python)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-", plan, .. new[] { crops, side, runs, threads }.Select(number => number.ToString(CultureInfo.InvariantCulture))])
        {
            start.ArgumentList.Add(argument);
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            script.CopyTo(process.StandardInput.BaseStream);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode switch
            {
                0 => JsonSerializer.Deserialize<PythonStep>(output, JsonSerializerOptions.Web),
                _ when error.Result.Contains("No module named 'torch'", StringComparison.Ordinal) => null,
                _ => throw new InvalidOperationException($"{python} ended with exit code {process.ExitCode}: {error.Result.TrimEnd()}"),
            };
        }
    }
}
