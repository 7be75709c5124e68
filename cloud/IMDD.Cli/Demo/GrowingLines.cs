using System.Text;

namespace IMDD.Cli.Demo;

/// <summary>Reads the lines of a file while it grows.</summary>
/// <param name="path">May not exist yet.</param>
internal sealed class GrowingLines(string path)
{
    private readonly byte[] _block = new byte[64 * 1024];
    private readonly List<byte> _line = [];
    private long _position;

    /// <summary>The whole lines added since.</summary>
    public IEnumerable<string> Read()
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(_position, SeekOrigin.Begin);
        int count;
        while ((count = file.Read(_block)) > 0)
        {
            _position += count;
            for (var start = 0; start < count;)
            {
                var end = Array.IndexOf(_block, (byte)'\n', start, count - start);
                _line.AddRange(_block.AsSpan(start, (end < 0 ? count : end) - start));
                if (end < 0)
                {
                    break;
                }

                var line = Encoding.UTF8.GetString([.. _line]);
                _line.Clear();
                start = end + 1;
                yield return line;
            }
        }
    }
}
