using System.Globalization;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Bundles;

/// <summary>What a manifest must say to be usable.</summary>
internal static class BundleManifestRules
{
    private const int MaxFiles = 1000;
    private const int MaxStride = 1024;
    private const int Sha256HexLength = 64;
    private const double LengthTolerance = 1e-3;
    private const double MinLength = 0.1;
    private const double MaxLength = 32;
    private const double MaxWeight = 1e6;

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
    public static void CheckText(Float32Tensor text, BundleManifest manifest)
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

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!IsSafe(file.Path))
            {
                yield return $"path '{file.Path}' is not a relative path below the bundle";
            }
            else if (!seen.Add(file.Path))
            {
                yield return $"'{file.Path}' is listed twice";
            }

            if (file.SizeBytes < 0 || file.SizeBytes > Array.MaxLength)
            {
                yield return $"'{file.Path}' has size {file.SizeBytes}; expected 0 to {Array.MaxLength}";
            }

            if (file.Sha256.Length != Sha256HexLength || file.Sha256.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            {
                yield return $"'{file.Path}' has sha256 '{file.Sha256}'; expected 64 lower-case hex digits";
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

    private static bool IsSafe(string path)
        => path.Length is > 0 and <= 255
        && path is not (ModelBundle.ManifestFile or ModelBundle.EnvelopeFile)
        && !path.AsSpan().ContainsAny("\\:\0")
        && path.Split('/').All(part => part is not ("" or "." or ".."));

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
                yield return $"row {index} names class '{row.ClassId}', which is not among the classes";
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
