using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;
using IMDD.Hosting;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Which frames are between decoder and store, in a memory-mapped file: what is written there survives the death of the process (not of
/// the machine, which no frame brings down). A frame found in it at the start had taken part in a crash. Thread-safe.
/// </summary>
/// <remarks>A slot is 64 bytes: attempts (4), length of the id (4), time in Unix seconds (8), id (48).</remarks>
internal sealed class AttemptJournal : IDisposable
{
    private const int SlotBytes = 64;
    private const int LengthOffset = 4;
    private const int TimeOffset = 8;
    private const int IdOffset = 16;
    private const int MaxIdBytes = SlotBytes - IdOffset;
    private const int Slots = 4096;

    private readonly Lock _lock = new();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, (int Slot, int Attempts)> _entries = new(StringComparer.Ordinal);
    private readonly Stack<int> _free = new();
    private readonly TimeProvider _time;

    /// <summary>Opens or creates the journal; entries older than <paramref name="maxAge"/> are forgotten.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be used.</exception>
    public AttemptJournal(string path, TimeSpan maxAge, TimeProvider time)
    {
        _time = time;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, SlotBytes * Slots);
            _view = _file.CreateViewAccessor();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StoreUnavailableException($"attempt journal {path}", e.Message, e);
        }

        Load(maxAge);
    }

    /// <summary>Frames that were under way when the process ended, with how often they were begun.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>How often the frame was begun and not ended.</summary>
    public int Attempts(string outcomeId)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(outcomeId, out var entry) ? entry.Attempts : 0;
        }
    }

    /// <summary>Writes an attempt.</summary>
    public void Begin(string outcomeId)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(outcomeId, out var entry))
            {
                Write(entry.Slot, outcomeId, entry.Attempts + 1);
                _entries[outcomeId] = (entry.Slot, entry.Attempts + 1);
            }
            else if (_free.TryPop(out var slot))
            {
                Write(slot, outcomeId, 1);
                _entries.Add(outcomeId, (slot, 1));
            }
        }
    }

    /// <summary>Clears the frame: its outcome is durable.</summary>
    public void End(string outcomeId)
    {
        lock (_lock)
        {
            if (_entries.Remove(outcomeId, out var entry))
            {
                _view.Write(entry.Slot * (long)SlotBytes, 0);
                _free.Push(entry.Slot);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private void Load(TimeSpan maxAge)
    {
        var oldest = _time.GetUtcNow().ToUnixTimeSeconds() - (long)maxAge.TotalSeconds;
        var bytes = new byte[SlotBytes];
        for (var slot = Slots - 1; slot >= 0; slot--)
        {
            _view.ReadArray(slot * (long)SlotBytes, bytes, 0, SlotBytes);
            var attempts = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(LengthOffset));
            var seconds = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(TimeOffset));
            if (attempts > 0 && length is > 0 and <= MaxIdBytes && seconds >= oldest
                && _entries.TryAdd(Encoding.ASCII.GetString(bytes, IdOffset, length), (slot, attempts)))
            {
                continue;
            }

            _view.Write(slot * (long)SlotBytes, 0);
            _free.Push(slot);
        }
    }

    private void Write(int slot, string outcomeId, int attempts)
    {
        Span<byte> bytes = stackalloc byte[MaxIdBytes];
        var length = Encoding.ASCII.GetBytes(outcomeId, bytes);
        var at = slot * (long)SlotBytes;

        // The count last, and never 0 in between: a slot that is half written when the process dies keeps what it said before.
        for (var i = 0; i < length; i++)
        {
            _view.Write(at + IdOffset + i, bytes[i]);
        }

        _view.Write(at + LengthOffset, length);
        _view.Write(at + TimeOffset, _time.GetUtcNow().ToUnixTimeSeconds());
        _view.Write(at, attempts);
    }
}
