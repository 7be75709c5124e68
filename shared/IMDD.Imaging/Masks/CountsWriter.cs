using System.Text;

namespace IMDD.Imaging.Masks;

/// <summary>Writes COCO's compressed counts from runs of ones in column-major order.</summary>
internal sealed class CountsWriter
{
    private const char FirstCharacter = '0';
    private const int BitsPerGroup = 5;

    private readonly StringBuilder _text = new();
    private int _count;
    private long _last;
    private long _beforeLast;
    private long _end;
    private long _pendingStart;
    private long _pendingLength;

    /// <summary>Adds a run of ones; runs come in order, and one that touches the last is joined to it.</summary>
    public void Run(long start, long length)
    {
        if (_pendingLength > 0 && start == _pendingStart + _pendingLength)
        {
            _pendingLength += length;
            return;
        }

        Flush();
        _pendingStart = start;
        _pendingLength = length;
    }

    /// <summary>The text; <paramref name="total"/> is the number of pixels.</summary>
    public string Finish(long total)
    {
        Flush();
        if (_end < total)
        {
            Write(total - _end);
        }

        return _text.ToString();
    }

    private void Flush()
    {
        if (_pendingLength > 0)
        {
            Write(_pendingStart - _end);
            Write(_pendingLength);
            _end = _pendingStart + _pendingLength;
            _pendingLength = 0;
        }
    }

    private void Write(long count)
    {
        var number = _count > 2 ? count - _beforeLast : count;
        _beforeLast = _last;
        _last = count;
        _count++;
        bool more;
        do
        {
            var group = (int)(number & 0x1F);
            number >>= BitsPerGroup;
            more = (group & 0x10) != 0 ? number != -1 : number != 0;
            _text.Append((char)(FirstCharacter + (more ? group | 0x20 : group)));
        }
        while (more);
    }
}
