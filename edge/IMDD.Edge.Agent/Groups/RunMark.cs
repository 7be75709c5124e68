using System.IO.MemoryMappedFiles;
using System.Text;
using IMDD.Hosting;

namespace IMDD.Edge.Agent.Groups;

/// <summary>
/// Which group of cameras models are loaded and run for at the moment, in a page of a mapped file: when the process ends of a group's model, the next start
/// knows whose it was, and holds it against no other. It costs no write, and outlives the process, though not the machine's power.
/// </summary>
internal sealed class RunMark : IDisposable
{
    private const int Size = 64;

    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte[] _name = new byte[Size];

    /// <summary>Reads what the last life has left, and begins anew.</summary>
    /// <param name="file">The file; null: there is one group, and nothing to tell apart.</param>
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
            if (new FileInfo(file) is { Exists: true, Length: not Size })
            {
                File.Delete(file);
            }

            _file = MemoryMappedFile.CreateFromFile(file, FileMode.OpenOrCreate, mapName: null, Size);
            _view = _file.CreateViewAccessor(0, Size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new StoreUnavailableException($"run mark {file}", e.Message, e);
        }

        var length = _view.ReadByte(0) - 1;
        if (length is >= 0 and < Size)
        {
            _view.ReadArray(1, _name, 0, length);
            Left = Encoding.ASCII.GetString(_name, 0, length);
        }

        Leave();
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
            var length = Encoding.ASCII.GetBytes(group.Name ?? "", _name);
            _view.WriteArray(1, _name, 0, length);
            _view.Write(0, (byte)(length + 1));
        }
    }

    /// <summary>For none.</summary>
    public void Leave() => _view?.Write(0, (byte)0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }
}
