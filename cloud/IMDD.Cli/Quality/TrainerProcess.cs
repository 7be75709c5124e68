using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace IMDD.Cli.Quality;

/// <summary>The trainer, a program of its own since only it carries libtorch.</summary>
/// <param name="program">Its file, .dll or executable.</param>
/// <param name="log">Where its progress goes.</param>
internal sealed class TrainerProcess(string program, TextWriter log)
{
    private const string Name = "IMDD.Learning.Trainer";

    private const int MaxShown = 200;

    // It still finishes a step and a checkpoint.
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(1);

    /// <summary>The trainer beside this program, or in the build's folder beside this program's; null where it is not.</summary>
    public static string? Find()
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string[] places = [own, Path.Combine(own, "..", "..", Name, Path.GetFileName(own))];
        return places.Select(folder => Path.GetFullPath(Path.Combine(folder, Name + ".dll"))).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs one of its verbs to the end. It stops by itself, with a checkpoint, when this process ends in whatever way.</summary>
    /// <param name="arguments">The verb and its options; <c>--json</c> is added.</param>
    /// <param name="label">Said before each line of its progress.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="refusal">Exit code by which the verb says no, with its figures all the same; null: it has none.</param>
    /// <returns>The last line of its output.</returns>
    /// <exception cref="QualityException">It failed, and the message is its own; or that line is no JSON.</exception>
    public async Task<JsonElement> RunAsync(IEnumerable<string> arguments, string label, CancellationToken cancellation, int? refusal = null)
    {
        using var process = Start([.. arguments, "--json"]);
        var said = ForwardAsync(process.StandardError, label);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(process).ConfigureAwait(false);
            throw;
        }

        var last = await said.ConfigureAwait(false);
        var lines = (await output.ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        cancellation.ThrowIfCancellationRequested();
        if ((process.ExitCode != 0 && process.ExitCode != refusal) || lines.Length == 0)
        {
            throw new QualityException($"The trainer ended with exit code {process.ExitCode}{(last.Length > 0 ? $": {last}" : "")}");
        }

        try
        {
            return JsonSerializer.Deserialize<JsonElement>(lines[^1]);
        }
        catch (JsonException e)
        {
            throw new QualityException($"The trainer's last line is not JSON: '{lines[^1][..Math.Min(lines[^1].Length, MaxShown)]}'", e);
        }
    }

    /// <summary>The last line of its output as what is expected of the verb.</summary>
    /// <exception cref="QualityException">It is something else.</exception>
    public static T Understood<T>(JsonElement said, JsonSerializerOptions? options = null)
        where T : class
    {
        try
        {
            return said.Deserialize<T>(options) ?? throw new QualityException("The trainer's last line is null.");
        }
        catch (JsonException e)
        {
            throw new QualityException($"The trainer's last line is not understood: {e.Message}", e);
        }
    }

    private Process Start(IEnumerable<string> arguments)
    {
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
            throw new QualityException($"The trainer {program} does not start: {e.Message}", e);
        }
    }

    private static async Task StopAsync(Process process)
    {
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(LongestStop);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Gives the last line.</summary>
    private async Task<string> ForwardAsync(StreamReader reader, string label)
    {
        var last = "";
        while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            last = line;
            await log.WriteLineAsync($"{label}: {line}").ConfigureAwait(false);
        }

        return last;
    }
}
