using System.Buffers.Binary;

namespace IMDD.Imaging.Headers;

/// <summary>The first image file directory of a TIFF.</summary>
internal readonly ref struct TiffDirectory
{
    private const int EntryLength = 12;
    private const int MaxEntries = 512;
    private const int Short = 3;
    private const int Long = 4;

    private readonly ReadOnlySpan<byte> _encoded;
    private readonly ReadOnlySpan<byte> _entries;
    private readonly bool _littleEndian;

    public TiffDirectory(ReadOnlySpan<byte> encoded)
    {
        _encoded = encoded;
        _littleEndian = encoded[0] == 'I';
        long offset = ReadUInt32(encoded[4..]);
        if (offset < 8 || offset + 2 > encoded.Length)
        {
            throw Reject.CutShort("TIFF", offset + 2, encoded.Length);
        }

        int count = ReadUInt16(encoded[(int)offset..]);
        if (count is 0 or > MaxEntries)
        {
            throw Reject.Corrupt($"TIFF directory has {count} entries; expected 1 to {MaxEntries}.");
        }

        var end = offset + 2 + ((long)count * EntryLength);
        if (end > encoded.Length)
        {
            throw Reject.CutShort("TIFF", end, encoded.Length);
        }

        _entries = encoded.Slice((int)offset + 2, count * EntryLength);
    }

    /// <summary>The first value of a tag, or <paramref name="absent"/> where the tag is not there; without one, the tag is required.</summary>
    public uint Scalar(TiffTag tag, uint? absent = null)
    {
        var field = Field(tag);
        return field.Count > 0 ? field[0] : absent ?? throw Reject.Corrupt($"TIFF has no {tag}.");
    }

    /// <summary>All values of a tag; none where the tag is not there.</summary>
    public TiffField Field(TiffTag tag)
    {
        var entry = Find(tag);
        if (entry.IsEmpty)
        {
            return new TiffField([], sizeof(ushort), _littleEndian);
        }

        int type = ReadUInt16(entry[2..]);
        if (type is not (Short or Long))
        {
            throw Reject.Corrupt($"TIFF {tag} has field type {type}; expected SHORT or LONG.");
        }

        var size = type == Short ? 2 : 4;
        var bytes = ReadUInt32(entry[4..]) * (long)size;

        // Up to four bytes stand in the entry itself.
        if (bytes <= 4)
        {
            return new TiffField(entry.Slice(8, (int)bytes), size, _littleEndian);
        }

        long offset = ReadUInt32(entry[8..]);
        if (offset + bytes > _encoded.Length)
        {
            throw Reject.CutShort("TIFF", offset + bytes, _encoded.Length);
        }

        return new TiffField(_encoded.Slice((int)offset, (int)bytes), size, _littleEndian);
    }

    private ReadOnlySpan<byte> Find(TiffTag tag)
    {
        for (var position = 0; position < _entries.Length; position += EntryLength)
        {
            if (ReadUInt16(_entries[position..]) == (ushort)tag)
            {
                return _entries.Slice(position, EntryLength);
            }
        }

        return default;
    }

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes)
        => _littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes)
        => _littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
