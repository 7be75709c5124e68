using System.IO.MemoryMappedFiles;
using System.Text;
using IMDD.Hosting;

namespace IMDD.Edge.Agent.Groups;

/// <summary>
/// Which group of cameras models are loaded and run for at the moment, and which groups have a candidate at work beside them, in a page of a mapped file: when
/// the process ends of a group's model, the next start knows whose it was, and holds it against no other. It costs no write, and outlives the process, though
/// not the machine's power.
/// </summary>
internal sealed class RunMark : IDisposable
{
    private const int NameSize = 64;
    private const int MostCandidates = 16;
    private const int Size = NameSize * (1 + MostCandidates);

    /// <summary>What Linux says where a disk, or what one may use of it, is full.</summary>
    private static readonly int[] NoRoom = [28, 122];

    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte[] _name = new byte[NameSize];
    private readonly Lock _lock = new();
    private readonly string?[] _candidates = new string?[MostCandidates];
    private readonly HashSet<string> _leftCandidates = new(StringComparer.Ordinal);

    /// <summary>Reads what the last life has left, and begins anew.</summary>
    /// <param name="file">The file; null: there is one group, and nothing to tell apart. Where the disk has no room for it there is none.</param>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public RunMark(string? file)
    {
        if (file is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            Allocate(file);
            _file = MemoryMappedFile.CreateFromFile(file, FileMode.OpenOrCreate, mapName: null, Size);
            _view = _file.CreateViewAccessor(0, Size);
        }
        catch (IOException e) when (NoRoom.Contains(e.HResult))
        {
            // The agent may be what makes room, by sending what is stored: it goes on, and its next start knows less.
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new StoreUnavailableException($"run mark {file}", e.Message, e);
        }

        Left = Take(0);
        for (var i = 1; i <= MostCandidates; i++)
        {
            if (Take(i) is { } candidate)
            {
                _leftCandidates.Add(candidate);
            }
        }
    }

    /// <summary>
    /// Makes the file, or writes it over with what it holds: a page that has no place on the disk yet, where the file is sparse, would end the process at its
    /// first write, once the disk is full.
    /// </summary>
    private static void Allocate(string file)
    {
        using FileStream stream = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        var content = new byte[Size];
        if (stream.Length == Size)
        {
            stream.ReadExactly(content);
        }

        stream.SetLength(Size);
        stream.Position = 0;
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Name of the group for which a model was loaded or run when the last life ended, empty for the rest; null: for none, or nobody knows.</summary>
    public string? Left { get; }

    /// <summary>False where the last life is known to have ended under another group's model.</summary>
    public bool MayHaveEnded(CameraGroup group) => Left is null || Left == (group.Name ?? "");

    /// <summary>From here on for a group. One caller at a time.</summary>
    public void Enter(CameraGroup group)
    {
        if (_view is not null)
        {
            Put(_view, 0, group.Name ?? "", _name);
        }
    }

    /// <summary>For none.</summary>
    public void Leave() => _view?.Write(0, (byte)0);

    /// <summary>True where a candidate of the group was at work when the last life ended.</summary>
    public bool HadCandidate(CameraGroup group) => _leftCandidates.Contains(group.Name ?? "");

    /// <summary>From here on a candidate of a group is at work, which has no other.</summary>
    public void EnterCandidate(CameraGroup group)
    {
        lock (_lock)
        {
            if (_view is not null && Array.IndexOf(_candidates, null) is >= 0 and var free)
            {
                _candidates[free] = group.Name ?? "";
                Put(_view, 1 + free, group.Name ?? "", new byte[NameSize]);
            }
        }
    }

    /// <summary>It is no more.</summary>
    public void LeaveCandidate(CameraGroup group)
    {
        lock (_lock)
        {
            if (_view is not null && Array.IndexOf(_candidates, group.Name ?? "") is >= 0 and var place)
            {
                _candidates[place] = null;
                _view.Write((1 + place) * NameSize, (byte)0);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }

    /// <summary>What the last life has left at a place, where it starts anew.</summary>
    private string? Take(int place)
    {
        var at = place * NameSize;
        var length = _view!.ReadByte(at) - 1;
        _view.Write(at, (byte)0);
        if (length is < 0 or >= NameSize)
        {
            return null;
        }

        _view.ReadArray(at + 1, _name, 0, length);
        return Encoding.ASCII.GetString(_name, 0, length);
    }

    private static void Put(MemoryMappedViewAccessor view, int place, string name, byte[] buffer)
    {
        var length = Encoding.ASCII.GetBytes(name, buffer);
        view.WriteArray((place * NameSize) + 1, buffer, 0, length);
        view.Write(place * NameSize, (byte)(length + 1));
    }
}
