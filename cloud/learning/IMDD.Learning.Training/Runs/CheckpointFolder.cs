using System.Globalization;
using System.Text.Json;
using IMDD.Inference.Bundles;
using IMDD.Safetensors;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// The checkpoints of a run. Each is a folder that appears whole under its name, by a rename, or not at all; the older ones go after it is there.
/// </summary>
internal sealed class CheckpointFolder(string root)
{
    private const string Prefix = "checkpoint-";
    private const string TensorsFile = "tensors.safetensors";
    private const string OptimizerFile = "optimizer.bin";
    private const string StateFile = "state.json";

    /// <summary>The newest whole checkpoint; null when there is none.</summary>
    public Checkpoint? Newest()
    {
        var newest = Folders().LastOrDefault();
        if (newest is null)
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<RunState>(File.ReadAllBytes(Path.Combine(newest, StateFile)))
                ?? throw new TrainingException($"{newest} has no state.");
            return new Checkpoint(
                state, SafetensorsFile.Read(File.ReadAllBytes(Path.Combine(newest, TensorsFile))), File.ReadAllBytes(Path.Combine(newest, OptimizerFile)));
        }
        catch (Exception e) when (e is IOException or JsonException or SafetensorsException)
        {
            throw new TrainingException($"The checkpoint {newest} cannot be read: {e.Message} Remove it to go on from an older one.", e);
        }
    }

    /// <summary>Writes a checkpoint, then removes older ones.</summary>
    public void Write(RunState state, IReadOnlyList<Float32Tensor> tensors, byte[] optimizer)
    {
        var name = Path.Combine(root, Prefix + state.Step.ToString("D9", CultureInfo.InvariantCulture));
        if (Directory.Exists(name))
        {
            return;
        }

        // What a killed process left half-written is in nobody's way.
        var partial = Path.Combine(root, "partial");
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        Directory.CreateDirectory(partial);
        File.WriteAllBytes(Path.Combine(partial, TensorsFile), SafetensorsFile.Write(tensors));
        File.WriteAllBytes(Path.Combine(partial, OptimizerFile), optimizer);
        File.WriteAllBytes(Path.Combine(partial, StateFile), JsonSerializer.SerializeToUtf8Bytes(state));
        Directory.Move(partial, name);
        foreach (var older in Folders().SkipLast(1))
        {
            Directory.Delete(older, recursive: true);
        }
    }

    private IEnumerable<string> Folders()
        => Directory.Exists(root) ? Directory.EnumerateDirectories(root, Prefix + "*").Order(StringComparer.Ordinal) : [];
}
