using System.Globalization;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Edge.Camera.Spool;

/// <summary>
/// The frames of one camera that wait for their outcome: one file each, <c>{sequence}-{bootId}.frame</c>, a line of JSON and the picture.
/// A file appears whole or not at all (written beside, synced, renamed). Thread-safe.
/// </summary>
internal sealed class FrameSpool
{
    private const string Extension = ".frame";
    private const string Unfinished = ".tmp";
    private const string Damaged = ".damaged";
    private const byte LineEnd = (byte)'\n';
    private const int MaxHeaderBytes = 16 * 1024;

    private readonly string _directory;
    private readonly SpoolBudget _budget;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SpooledFrame> _frames = new(StringComparer.Ordinal);

    private FrameSpool(string directory, SpoolBudget budget)
    {
        _directory = directory;
        _budget = budget;
    }

    /// <summary>Files that this start found damaged and set aside; the log still holds their ids.</summary>
    public IReadOnlyList<string> DamagedFiles { get; private set; } = [];

    /// <summary>Frames of a boot that were set aside as damaged, now or earlier: sent, and never to return.</summary>
    public int CountDamaged(string bootId) => Directory.GetFiles(_directory, $"*-{bootId}{Extension}{Damaged}").Length;

    /// <summary>Frames that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _frames.Count;
            }
        }
    }

    /// <summary>Opens the folder and reads what an earlier run left.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public static FrameSpool Open(string directory, SpoolBudget budget)
    {
        Directory.CreateDirectory(directory);
        FrameSpool spool = new(directory, budget);
        spool.Load();
        return spool;
    }

    /// <summary>The frames that wait, oldest first.</summary>
    public IReadOnlyList<SpooledFrame> List()
    {
        lock (_lock)
        {
            return [.. _frames.Values.OrderBy(f => f.Time).ThenBy(f => f.Sequence)];
        }
    }

    /// <summary>True while the frame waits.</summary>
    public bool Contains(string frameId)
    {
        lock (_lock)
        {
            return _frames.ContainsKey(frameId);
        }
    }

    /// <summary>Keeps a frame; its room has been taken from the budget. Durable when it returns.</summary>
    /// <exception cref="IOException">Not written; nothing is kept.</exception>
    public void Add(SpooledFrame frame, ReadOnlySpan<byte> image)
    {
        var path = PathOf(frame);
        using (FileStream file = new(path + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            byte[] header = [.. JsonSerializer.SerializeToUtf8Bytes(frame, ImddJson.Options), LineEnd];
            file.Write(header);
            file.Write(image);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + Unfinished, path, overwrite: true);
        lock (_lock)
        {
            _frames.Add(frame.FrameId, frame);
        }
    }

    /// <summary>The picture, checked against its digest.</summary>
    /// <exception cref="InvalidDataException">The file is not what was written.</exception>
    public byte[] Read(SpooledFrame frame) => ReadFile(PathOf(frame)).Image;

    /// <summary>Lets a frame go whose outcome is back; false where it is not here (a repeated receipt).</summary>
    public bool Remove(string frameId)
    {
        SpooledFrame? frame;
        lock (_lock)
        {
            if (!_frames.Remove(frameId, out frame))
            {
                return false;
            }
        }

        File.Delete(PathOf(frame));
        _budget.Return(frame.Length);
        return true;
    }

    private string PathOf(SpooledFrame frame)
        => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{frame.Sequence:D20}-{frame.BootId}{Extension}"));

    private void Load()
    {
        foreach (var unfinished in Directory.GetFiles(_directory, "*" + Unfinished))
        {
            // Never announced to anyone: the log comes after the rename.
            File.Delete(unfinished);
        }

        List<string> damaged = [];
        foreach (var path in Directory.GetFiles(_directory, "*" + Extension).Order(StringComparer.Ordinal))
        {
            try
            {
                var (frame, _) = ReadFile(path);
                _frames.Add(frame.FrameId, frame);
                _budget.TakeFound(frame.Length);
            }
            catch (InvalidDataException)
            {
                File.Move(path, path + Damaged, overwrite: true);
                damaged.Add(path + Damaged);
            }
        }

        DamagedFiles = damaged;
    }

    private static (SpooledFrame Frame, byte[] Image) ReadFile(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var end = bytes.AsSpan(0, Math.Min(bytes.Length, MaxHeaderBytes)).IndexOf(LineEnd);
        if (end < 0)
        {
            throw new InvalidDataException($"'{path}' has no header line.");
        }

        try
        {
            var frame = ImddJson.Deserialize<SpooledFrame>(bytes.AsSpan(0, end));
            var image = bytes[(end + 1)..];
            return image.Length == frame.Length && ContentDigest.Of(image) == frame.Sha256
                ? (frame, image)
                : throw new InvalidDataException($"'{path}' does not hold the picture that was written: its digest is not {frame.Sha256}.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' has a damaged header: {e.Message}", e);
        }
    }
}
