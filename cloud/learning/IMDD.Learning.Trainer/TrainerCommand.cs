using System.CommandLine;
using IMDD.Learning.Trainer.Commands;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Training;
using IMDD.Learning.Weights;
using IMDD.Safetensors;

namespace IMDD.Learning.Trainer;

/// <summary>The trainer's command line. A process of its own, since nothing else of the pipeline carries libtorch.</summary>
public static class TrainerCommand
{
    private const int Failed = 1;
    private const int WrongUse = 2;

    /// <summary>128 + SIGINT, as shells report it.</summary>
    private const int Interrupted = 130;

    // After Ctrl-C a step and a checkpoint are still finished.
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(1);

    /// <summary>Parses and runs; returns the exit code. A foreseen failure is one line on <paramref name="error"/>.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        RootCommand root = new("Trains models, and measures them.") { TrainCommand.Create(), BenchCommand.Create(), ModelCommand.Create() };
        try
        {
            var parsed = root.Parse(args);
            var exitCode = await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = LongestStop,
            }).ConfigureAwait(false);
            return parsed.Errors.Count > 0 ? WrongUse : exitCode;
        }
        catch (Exception e) when (e is TrainingException or WeightsException or SafetensorsException or DatasetException or ArgumentException or SegmenterException or OnnxParityException or ModelBundleException)
        {
            await error.WriteLineAsync($"imdd: {e.Message}").ConfigureAwait(false);
            return e is ArgumentException ? WrongUse : Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, most often, or a folder of somebody else; the system's words name the file.
            await error.WriteLineAsync($"imdd: a file cannot be written or read: {e.Message.TrimEnd('.')}; once it can be, give the same command again, a training goes on from its newest checkpoint").ConfigureAwait(false);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("imdd: interrupted; the same command goes on from here").ConfigureAwait(false);
            return Interrupted;
        }
    }
}
