using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using IMDD.Cloud.Trainer.Runs;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Children;

/// <summary>
/// Runs a verb of the training program. The child's standard input is the leash: when it ends, because this process asked or because it is gone, the
/// child finishes a step and a checkpoint and stops.
/// </summary>
internal sealed class TrainingChild(IOptions<TrainerOptions> options)
{
    // 128 and more: ended by a signal, as shells report it.
    private const int FirstSignal = 128;
    private const int MaxLine = 1000;

    /// <summary>Runs it to the end; the JSON object that is its last line of output.</summary>
    /// <param name="arguments">The verb and its options; <c>--json</c> and <c>--stop-with-input</c> are added.</param>
    /// <param name="said">Told each line of its progress.</param>
    /// <param name="stop">Asks it to stop in order.</param>
    /// <param name="kill">Ends it at once: somebody else may be at the same run.</param>
    /// <exception cref="RunFailedException">It failed, and why; may pass where it was killed.</exception>
    public async Task<JsonElement> RunAsync(IEnumerable<string> arguments, Action<string> said, CancellationToken stop, CancellationToken kill)
    {
        stop.ThrowIfCancellationRequested();
        kill.ThrowIfCancellationRequested();
        using var process = Start([.. arguments, "--stop-with-input", "--json"]);
        await using var killing = kill.Register(() => Kill(process));
        var output = LastLineAsync(process.StandardOutput, null);
        var error = LastLineAsync(process.StandardError, said);
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(process);
            throw;
        }

        kill.ThrowIfCancellationRequested();
        var (result, last) = (await output, await error);
        if (process.ExitCode != 0)
        {
            throw new RunFailedException($"The training program ended with exit code {process.ExitCode}{(last.Length > 0 ? $": {last}" : "")}", mayPass: process.ExitCode >= FirstSignal);
        }

        try
        {
            return JsonSerializer.Deserialize<JsonElement>(result);
        }
        catch (JsonException e)
        {
            throw new RunFailedException($"The training program's last line is no JSON: {e.Message}", inner: e);
        }
    }

    private Process Start(List<string> arguments)
    {
        var program = TrainingProgram.Find(options.Value) ?? throw new RunFailedException($"The training program {options.Value.Program} is not there.");
        var isLibrary = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(isLibrary ? "dotnet" : program, isLibrary ? [program, .. arguments] : arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new RunFailedException($"The training program {program} does not start: {e.Message}", inner: e);
        }
    }

    private async Task StopAsync(Process process)
    {
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(options.Value.StopTime);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
            return;
        }
    }

    private static async Task<string> LastLineAsync(StreamReader reader, Action<string>? said)
    {
        var last = "";
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.Trim().Length > 0)
            {
                last = said is null || line.Length <= MaxLine ? line.Trim() : line[..MaxLine].Trim();
                said?.Invoke(last);
            }
        }

        return last;
    }
}
