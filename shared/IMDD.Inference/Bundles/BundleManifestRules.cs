using System.Globalization;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Bundles;

/// <summary>What a manifest must say to be usable.</summary>
public static class BundleManifestRules
{
    private const int MaxFiles = 1000;
    private const int MaxPathLength = 255;
    private const int MaxStride = 1024;
    private const int Sha256HexLength = 64;
    private const double LengthTolerance = 1e-3;
    private const double MinLength = 0.1;
    private const double MaxLength = 32;
    private const double MaxWeight = 1e6;

    // Scores lie between 0 and 1, and the widest that is written here, for sums in 16 bits, is 0.1: with more than this a probe proves nothing.
    private const double MaxProbeTolerance = 0.25;

    /// <summary>Checks all that can be said without the files.</summary>
    /// <exception cref="ModelBundleException">With every rule that is broken.</exception>
    public static void Check(BundleManifest manifest)
    {
        if (manifest.SchemaVersion != BundleManifest.CurrentSchemaVersion || manifest.ContractVersion != BundleManifest.CurrentContractVersion)
        {
            throw new ModelBundleException(
                $"{ModelBundle.ManifestFile} has schema {manifest.SchemaVersion}, contract {manifest.ContractVersion}; this code reads "
                + $"schema {BundleManifest.CurrentSchemaVersion}, contract {BundleManifest.CurrentContractVersion}.");
        }

        List<string> problems = [.. FileProblems(manifest.Files), .. ModelProblems(manifest), .. RowProblems(manifest)];
        if (problems.Count > 0)
        {
            throw new ModelBundleException($"{ModelBundle.ManifestFile}: {string.Join("; ", problems)}.");
        }
    }

    /// <exception cref="ModelBundleException">Not one vector per row of the manifest, of the length that it says.</exception>
    internal static void CheckText(Float32Tensor text, BundleManifest manifest)
    {
        if (text.Shape is not [var rows, > 0 and var width] || rows != manifest.Rows.Count)
        {
            throw new ModelBundleException(
                $"{ModelBundle.TextFile}: '{text.Name}' has shape [{string.Join(", ", text.Shape)}]; expected [{manifest.Rows.Count}, D].", fault: BundleFault.Contract);
        }

        for (var row = 0; row < rows; row++)
        {
            double squares = 0;
            foreach (var value in text.Values.Span.Slice(row * width, width))
            {
                squares += (double)value * value;
            }

            var expected = manifest.Rows[row].Length ?? 1;
            if (!(Math.Abs(Math.Sqrt(squares) - expected) <= LengthTolerance * expected))
            {
                throw new ModelBundleException(
                    string.Create(CultureInfo.InvariantCulture, $"{ModelBundle.TextFile}: row {row} has length {Math.Sqrt(squares)}; expected {expected}."));
            }
        }
    }

    private static IEnumerable<string> FileProblems(IReadOnlyList<BundleFile> files)
    {
        if (files.Count > MaxFiles)
        {
            yield return $"{files.Count} files listed; at most {MaxFiles} are read";
            yield break;
        }

        HashSet<string> paths = new(files.Select(file => file.Path), StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var path = Shown(file.Path);
            if (PathProblem(file.Path) is { } problem)
            {
                yield return $"path '{path}' {problem}";
            }
            else if (!seen.Add(file.Path))
            {
                yield return $"'{path}' is listed twice";
            }
            else if (FoldersOf(file.Path).FirstOrDefault(paths.Contains) is { } folder)
            {
                yield return $"'{path}' lies below '{folder}', which is listed as a file";
            }

            if (file.SizeBytes < 0 || file.SizeBytes > Array.MaxLength)
            {
                yield return $"'{path}' has size {file.SizeBytes}; expected 0 to {Array.MaxLength}";
            }

            if (file.Sha256.Length != Sha256HexLength || file.Sha256.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            {
                yield return $"'{path}' has sha256 '{Shown(file.Sha256)}'; expected 64 lower-case hex digits";
            }
        }

        foreach (var required in new[] { ModelBundle.ModelFile, ModelBundle.TextFile })
        {
            if (!seen.Contains(required))
            {
                yield return $"'{required}' is not listed";
            }
        }
    }

    private static string? PathProblem(string path)
    {
        var parts = path.Split('/');
        if (path.Length > MaxPathLength || path.AsSpan().ContainsAny('\\', ':') || parts.Any(part => part is "" or "." or ".."))
        {
            return "is not a relative path below the bundle";
        }

        if (path.Any(IsUnseen))
        {
            return "has a character that is not seen";
        }

        return parts[0] switch
        {
            ModelBundle.ManifestFile or ModelBundle.EnvelopeFile => $"stands where {parts[0]} does",
            ModelBundle.RunFolder => $"stands in {ModelBundle.RunFolder}, which is no part of a bundle",
            _ => null,
        };
    }

    /// <summary>The folders that a path is in, each as a path.</summary>
    private static IEnumerable<string> FoldersOf(string path) => path.Index().Where(at => at.Item == '/').Select(at => path[..at.Index]);

    /// <summary>A text of the manifest for a message, which stays one line whatever was written.</summary>
    private static string Shown(string text) => string.Concat(text.Select(c => IsUnseen(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : $"{c}"));

    private static bool IsUnseen(char c)
        => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static IEnumerable<string> ModelProblems(BundleManifest manifest)
    {
        if (manifest.Stride is < 1 or > MaxStride || manifest.OutputStride < 1 || manifest.Stride % manifest.OutputStride != 0)
        {
            yield return $"stride {manifest.Stride} and outputStride {manifest.OutputStride}; expected 1 to {MaxStride} and a divisor of it";
        }

        if (!IsProbability(manifest.PixelThreshold))
        {
            yield return $"pixelThreshold {manifest.PixelThreshold}; expected 0 to 1";
        }

        if (manifest.ImageThreshold is { } threshold && !IsProbability(threshold))
        {
            yield return $"imageThreshold {threshold}; expected 0 to 1";
        }

        if (manifest.RegionConfidence is { } fitted && !(Math.Abs(fitted.Offset) <= MaxWeight && Math.Abs(fitted.AreaScale) <= MaxWeight && fitted.PeakScale is >= 0 and <= MaxWeight))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"regionConfidence {fitted.Offset}, {fitted.PeakScale}, {fitted.AreaScale}; expected numbers up to {MaxWeight} either way, the second not below 0");
        }

        if (manifest.Probes is { } probes && probes.Tolerance is not (>= 0 and <= MaxProbeTolerance))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"probes with tolerance {probes.Tolerance}; expected 0 to {MaxProbeTolerance}");
        }

        if (manifest.Rows.Count == 0)
        {
            yield return "no rows; expected at least one";
        }
    }

    private static IEnumerable<string> RowProblems(BundleManifest manifest)
    {
        HashSet<string> classes = new(manifest.Classes.Select(entry => entry.Id), StringComparer.Ordinal);
        if (classes.Count != manifest.Classes.Count)
        {
            yield return "a class id is there twice";
        }

        for (var index = 0; index < manifest.Rows.Count; index++)
        {
            var row = manifest.Rows[index];
            if (!classes.Contains(row.ClassId))
            {
                yield return $"row {index} names class '{Shown(row.ClassId)}', which is not among the classes";
            }

            if (!IsProbability(row.Threshold))
            {
                yield return $"row {index} has threshold {row.Threshold}; expected 0 to 1";
            }

            if (row.Length is not (null or (>= MinLength and <= MaxLength)))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"row {index} has length {row.Length}; expected {MinLength} to {MaxLength}");
            }
        }
    }

    private static bool IsProbability(double value) => value is >= 0 and <= 1;
}
