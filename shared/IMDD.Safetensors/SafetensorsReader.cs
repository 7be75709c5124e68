using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace IMDD.Safetensors;

/// <summary>A safetensors file mapped into memory: the header is checked at once, the data is paged in as it is read.</summary>
/// <remarks>The file must not be cut short while it is open; what is replaced by a rename, as <see cref="SafetensorsWriter"/> does, stays whole.</remarks>
public sealed unsafe class SafetensorsReader : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _data;

    private SafetensorsReader(string path, SafeFileHandle file, SafetensorsHeader header)
    {
        _file = file;
        Path = path;
        Header = header;
        if (header.Entries.Count > 0 && header.Entries[^1].End > 0)
        {
            _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _data = start + _view.PointerOffset + header.DataStart;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="SafetensorsException">Malformed, or a pickle.</exception>
    /// <exception cref="IOException">Not readable.</exception>
    public static SafetensorsReader Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            return new SafetensorsReader(path, file, ReadHeader(file, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The checked header alone; the data is not touched.</summary>
    /// <exception cref="SafetensorsException">Malformed, or a pickle.</exception>
    /// <exception cref="IOException">Not readable.</exception>
    public static SafetensorsHeader ReadHeader(string path)
    {
        using var file = File.OpenHandle(path);
        return ReadHeader(file, path);
    }

    /// <summary>A tensor by name.</summary>
    /// <exception cref="SafetensorsException">The file has none of that name.</exception>
    public SafetensorsEntry Entry(string name)
        => Header.Find(name) ?? throw new SafetensorsException(SafetensorsFault.Missing, name, "is not in the file.", Path);

    /// <summary>A part of a tensor's bytes, valid until the reader is disposed.</summary>
    /// <param name="entry">A tensor of this file.</param>
    /// <param name="offset">First byte within the tensor.</param>
    /// <param name="count">Number of bytes.</param>
    public ReadOnlySpan<byte> Bytes(SafetensorsEntry entry, long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_view is { SafeMemoryMappedViewHandle.IsClosed: true }, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, entry.Length);
        return count == 0 ? [] : new ReadOnlySpan<byte>(_data + entry.Begin + offset, count);
    }

    /// <summary>Copies a tensor's bytes out without mapping them, so that a file that is read through once does not stay in the process's memory.</summary>
    /// <param name="entry">A tensor of this file.</param>
    /// <param name="destination">As long as the tensor.</param>
    /// <exception cref="SafetensorsException">The file became shorter.</exception>
    public void Copy(SafetensorsEntry entry, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, entry.Length);
        Copy(entry, 0, destination);
    }

    /// <summary>The same of a part of a tensor's bytes.</summary>
    /// <param name="entry">A tensor of this file.</param>
    /// <param name="offset">First byte within the tensor.</param>
    /// <param name="destination">As long as the part.</param>
    /// <exception cref="SafetensorsException">The file became shorter.</exception>
    public void Copy(SafetensorsEntry entry, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, entry.Length);
        if (ReadAll(_file, destination, Header.DataStart + entry.Begin + offset) != destination.Length)
        {
            throw new SafetensorsException(SafetensorsFault.Length, entry.Name, "is cut off: the file became shorter while it was read.", Path);
        }
    }

    /// <summary>Copies a tensor's bytes into a stream, a piece at a time.</summary>
    /// <exception cref="SafetensorsException">The file became shorter.</exception>
    public void CopyTo(SafetensorsEntry entry, Stream destination)
    {
        var piece = new byte[Math.Min(entry.Length, PieceBytes)];
        for (long start = 0; start < entry.Length; start += piece.Length)
        {
            var part = piece.AsSpan(0, (int)Math.Min(piece.Length, entry.Length - start));
            Copy(entry, start, part);
            destination.Write(part);
        }
    }

    /// <summary>All elements of a floating-point tensor (F64, F32, F16, BF16), as 32-bit floats.</summary>
    /// <exception cref="SafetensorsException">None of that name, or of another type.</exception>
    public float[] Singles(string name)
    {
        var entry = Entry(name);
        var values = new float[entry.Elements];
        return entry.Type is SafetensorsType.F64 or SafetensorsType.F32 or SafetensorsType.F16 or SafetensorsType.BF16
            ? ElementReader.Singles(entry.Type, Bytes(entry, 0, checked((int)entry.Length)), values)
            : throw new SafetensorsException(SafetensorsFault.Type, name, $"has dtype {entry.Type.Name()}; expected a floating-point type.", Path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_view is { SafeMemoryMappedViewHandle.IsClosed: false })
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _map!.Dispose();
        }

        _file.Dispose();
    }

    private static SafetensorsHeader ReadHeader(SafeFileHandle file, string path)
    {
        var length = RandomAccess.GetLength(file);
        try
        {
            Span<byte> start = stackalloc byte[SafetensorsHeader.LengthBytes];
            var json = new byte[SafetensorsHeader.JsonLength(start[..ReadAll(file, start, 0)], length)];
            if (ReadAll(file, json, SafetensorsHeader.LengthBytes) != json.Length)
            {
                throw new SafetensorsException(SafetensorsFault.Length, null, "The file became shorter while it was read.");
            }

            return SafetensorsHeader.Parse(json, length - SafetensorsHeader.LengthBytes - json.Length);
        }
        catch (SafetensorsException exception)
        {
            throw exception.In(path);
        }
    }

    private static int ReadAll(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length && RandomAccess.Read(file, buffer[total..], offset + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }
}
