using System.Text;
using IMDD.Contracts.Events;

namespace IMDD.Cli.Learn;

/// <summary>Reads a truth file while it grows.</summary>
/// <param name="path">JSON lines; may not exist yet.</param>
internal sealed class TruthTail(string path)
{
    private readonly byte[] _block = new byte[64 * 1024];
    private readonly List<byte> _line = [];
    private long _position;

    /// <summary>The whole lines added since.</summary>
    public IReadOnlyList<LineTruth> Read()
    {
        List<LineTruth> added = [];
        if (!File.Exists(path))
        {
            return added;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(_position, SeekOrigin.Begin);
        int count;
        while ((count = file.Read(_block)) > 0)
        {
            _position += count;
            var rest = _block.AsSpan(0, count);
            while (rest.IndexOf((byte)'\n') is var end and >= 0)
            {
                _line.AddRange(rest[..end]);
                added.Add(ImddJson.Deserialize<LineTruth>(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString([.. _line]))));
                _line.Clear();
                rest = rest[(end + 1)..];
            }

            _line.AddRange(rest);
        }

        return added;
    }
}
