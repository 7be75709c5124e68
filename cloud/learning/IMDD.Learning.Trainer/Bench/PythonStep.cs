using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using IMDD.Learning.Training;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>A network's training step in another PyTorch, for what it is: another version, built with other libraries.</summary>
/// <param name="Version">Of PyTorch.</param>
/// <param name="StepMs">Median by the clock.</param>
/// <param name="ProcessorMs">Median of processor time.</param>
/// <param name="ForwardMs">Median of a pass without gradients by the clock; null where the script measures none.</param>
internal sealed record PythonStep(string Version, double StepMs, double ProcessorMs, double? ForwardMs = null)
{
    /// <summary>Measures; null where the interpreter or its torch is missing.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="script">Name of a script within this assembly.</param>
    /// <param name="arguments">What it is given.</param>
    /// <exception cref="TrainingException">They are there and the script failed.</exception>
    public static PythonStep? Measure(string python, string script, params ReadOnlySpan<string> arguments)
    {
        using var program = typeof(PythonStep).Assembly.GetManifestResourceStream(script)!;
        ProcessStartInfo start = new(python)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-", .. arguments])
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
            try
            {
                program.CopyTo(process.StandardInput.BaseStream);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading; its exit code and what it wrote say why.
            }

            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode switch
            {
                0 => JsonSerializer.Deserialize<PythonStep>(output, JsonSerializerOptions.Web),
                _ when error.Result.Contains("No module named 'torch'", StringComparison.Ordinal) => null,
                _ => throw new TrainingException($"{script} in {python} ended with exit code {process.ExitCode}: {error.Result.TrimEnd()}"),
            };
        }
    }
}
