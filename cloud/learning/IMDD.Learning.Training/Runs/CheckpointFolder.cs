using System.Globalization;
using System.Text.Json;
using IMDD.Contracts.Identity;
using IMDD.Inference.Bundles;
using IMDD.Safetensors;
using IMDD.Storage.Folder;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// The checkpoints of a run, the newest and the one before it. Each is a folder that appears whole under its name, by a rename, or not at all; its bytes
/// are on disk before the rename, so that a power cut leaves no empty files under a checkpoint's name. The older ones go after it is there.
/// </summary>
internal sealed class CheckpointFolder(string root)
{
    private const string Prefix = "checkpoint-";
    private const string TensorsFile = "tensors.safetensors";
    private const string OptimizerFile = "optimizer.bin";
    private const string StateFile = "state.json";
    private const string DigestsFile = "digests.json";
    private const int Kept = 2;

    private readonly List<string> _damaged = [];

    /// <summary>The newest checkpoint that is whole; null when there is none at all.</summary>
    /// <param name="notice">What was wrong with a newer one; null: nothing.</param>
    /// <exception cref="TrainingException">There are some, and none of them is whole.</exception>
    public Checkpoint? Newest(out string? notice)
    {
        _damaged.Clear();
        List<string> reasons = [];
        foreach (var folder in Folders().Reverse())
        {
            try
            {
                var checkpoint = Read(folder);
                notice = reasons.Count > 0 ? $"{string.Join(" ", reasons)} Going on from the older one of step {checkpoint.State.Step}." : null;
                return checkpoint;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or SafetensorsException or TrainingException)
            {
                _damaged.Add(folder);
                reasons.Add($"The checkpoint {folder} is damaged: {e.Message}");
            }
        }

        notice = null;
        return reasons.Count == 0
            ? null
            : throw new TrainingException($"{string.Join(" ", reasons)} There is no older one to go on from: remove {root} to start anew.");
    }

    /// <summary>Writes a checkpoint, then removes damaged ones and all but the one before it.</summary>
    public void Write(RunState state, IReadOnlyList<Float32Tensor> tensors, byte[] optimizer)
    {
        foreach (var damaged in _damaged)
        {
            Directory.Delete(damaged, recursive: true);
        }

        _damaged.Clear();
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
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            [TensorsFile] = SafetensorsFile.Write(tensors),
            [OptimizerFile] = optimizer,
            [StateFile] = JsonSerializer.SerializeToUtf8Bytes(state),
        };
        files[DigestsFile] = JsonSerializer.SerializeToUtf8Bytes(files.ToDictionary(file => file.Key, file => ContentDigest.Of(file.Value)));
        foreach (var (file, bytes) in files)
        {
            WriteFlushed(Path.Combine(partial, file), bytes);
        }

        DirectorySync.Flush(partial);
        Directory.Move(partial, name);
        DirectorySync.Flush(root);
        foreach (var older in Folders().SkipLast(Kept))
        {
            Directory.Delete(older, recursive: true);
        }
    }

    private static void WriteFlushed(string path, byte[] bytes)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private static Checkpoint Read(string folder)
    {
        // Checkpoints of earlier versions have no digests.
        var digestsPath = Path.Combine(folder, DigestsFile);
        var digests = File.Exists(digestsPath) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(digestsPath)) : null;
        var state = JsonSerializer.Deserialize<RunState>(Bytes(StateFile)) ?? throw new TrainingException($"{StateFile} is null: expected a run's state.");
        return new Checkpoint(state, SafetensorsFile.Read(Bytes(TensorsFile)), Bytes(OptimizerFile));

        byte[] Bytes(string file)
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, file));
            return digests is null || (digests.TryGetValue(file, out var digest) && digest == ContentDigest.Of(bytes))
                ? bytes
                : throw new TrainingException($"{file} does not have the digest that was written with it.");
        }
    }

    private IEnumerable<string> Folders()
        => Directory.Exists(root) ? Directory.EnumerateDirectories(root, Prefix + "*").Order(StringComparer.Ordinal) : [];
}
