using System.Collections.Frozen;
using IMDD.Contracts.Identity;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Training.Runs;

/// <summary>Pictures by the digest of their files: those of a gate set are never learned from.</summary>
public static class PictureDigests
{
    private const long MaxListBytes = 256L << 20;

    /// <summary>No picture.</summary>
    public static IReadOnlySet<string> None { get; } = FrozenSet<string>.Empty;

    /// <summary>Reads a list, one <c>sha256:</c> digest a line.</summary>
    /// <exception cref="TrainingException">Not such a list; the message names the line.</exception>
    public static IReadOnlySet<string> ReadList(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxListBytes)
            {
                throw new TrainingException($"{path} has more than {MaxListBytes} bytes.");
            }

            HashSet<string> digests = new(StringComparer.Ordinal);
            foreach (var (line, index) in File.ReadLines(path).Select((line, index) => (line.Trim(), index)))
            {
                if (line.Length > 0)
                {
                    digests.Add(ContentDigest.IsValid(line) ? line : throw new TrainingException($"{path}, line {index + 1}: expected sha256: and 64 lower-case hex digits."));
                }
            }

            return digests;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Throws when a picture is among <paramref name="excluded"/>.</summary>
    /// <exception cref="TrainingException">It names the picture.</exception>
    internal static void Refuse(IEnumerable<DatasetSample> samples, IReadOnlySet<string> excluded)
    {
        if (excluded.Count == 0)
        {
            return;
        }

        foreach (var sample in samples)
        {
            try
            {
                if (ContentDigest.Of(File.ReadAllBytes(sample.ImagePath)) is var digest && excluded.Contains(digest))
                {
                    throw new TrainingException($"The picture {sample.Id} ({digest}) is one of those that must not be learned from: it belongs to a gate set.");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It cannot be learned from either, which the loader reports.
                continue;
            }
        }
    }
}
