namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>A growing list of keys in chunks, so that growth never copies and never holds twice the data.</summary>
internal sealed class KeyBuffer
{
    private const int ChunkLength = 1 << 20;
    private const int FirstChunkLength = 1 << 10;

    private readonly List<uint[]> _chunks = [];
    private uint[] _last = [];
    private int _used;

    /// <summary>Number of keys.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a key.</summary>
    public void Add(uint key)
    {
        if (_used == _last.Length)
        {
            if (_used > 0)
            {
                _chunks.Add(_last);
            }

            _last = new uint[_chunks.Count == 0 && _used == 0 ? FirstChunkLength : ChunkLength];
            _used = 0;
        }

        _last[_used++] = key;
        Count++;
    }

    /// <summary>All keys in the order of addition.</summary>
    /// <exception cref="InvalidOperationException">More than an array can hold.</exception>
    public uint[] ToArray()
    {
        if (Count > Array.MaxLength)
        {
            throw new InvalidOperationException($"{Count} scores are more than the {Array.MaxLength} that can be ranked exactly; use the histogram.");
        }

        var keys = new uint[Count];
        var at = 0;
        foreach (var chunk in _chunks)
        {
            chunk.CopyTo(keys.AsSpan(at));
            at += chunk.Length;
        }

        _last.AsSpan(0, _used).CopyTo(keys.AsSpan(at));
        return keys;
    }
}
