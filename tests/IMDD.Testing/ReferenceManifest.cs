namespace IMDD.Testing;

/// <summary>Names and shapes of public checkpoints, <c>../shared/reference/manifests</c> beside the checkout: tab-separated, with a header line.</summary>
public static class ReferenceManifest
{
    /// <summary>The rows by column name, or null with the reason to skip where the folder is absent.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>>? Find(string file, out string reason)
    {
        var path = Repository.PathOf("..", "shared", "reference", "manifests", file);
        reason = $"no manifest at {path}";
        if (!File.Exists(path))
        {
            return null;
        }

        var lines = File.ReadAllLines(path);
        var columns = lines[0].Split('\t');
        return [.. lines.Skip(1).Select(line => columns.Zip(line.Split('\t')).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))];
    }
}
