using System.Text;
using IMDD.Cli.Demo;
using IMDD.Contracts.Events;

namespace IMDD.Cli.Learn;

/// <summary>Reads a truth file while it grows.</summary>
/// <param name="path">JSON lines; may not exist yet.</param>
internal sealed class TruthTail(string path)
{
    private readonly GrowingLines _lines = new(path);

    /// <summary>What the whole lines added since say.</summary>
    public IReadOnlyList<LineTruth> Read() => [.. _lines.Read().Select(line => ImddJson.Deserialize<LineTruth>(Encoding.UTF8.GetBytes(line)))];
}
