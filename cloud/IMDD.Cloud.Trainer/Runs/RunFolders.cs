using IMDD.Cloud.Trainer.State;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>Where the files of runs are, and which of them stay.</summary>
internal sealed class RunFolders(RunBook book, IOptions<TrainerOptions> options)
{
    private string Runs => Path.Combine(options.Value.Work, "runs");

    private string Champions => Path.Combine(options.Value.Work, "champions");

    public string SnapshotOf(RunRow row) => Path.Combine(Runs, row.Id, "snapshot");

    public string ModelOf(RunRow row) => Path.Combine(Runs, row.Id, "model");

    public string PredictionOf(RunRow row) => Path.Combine(Runs, row.Id, "prediction");

    public string ChampionOf(RunRow row) => Path.Combine(Champions, row.Champion!.Replace(':', '-'));

    /// <summary>Removes what older runs have left. What they learned from stays in the blob store, and what they became in the registry.</summary>
    public void Prune()
    {
        var kept = book.List(options.Value.KeptRuns);
        Keep(Runs, kept.Select(row => row.Id));
        Keep(Champions, kept.Where(row => row.Champion is not null).Select(row => Path.GetFileName(ChampionOf(row))));
    }

    private static void Keep(string folder, IEnumerable<string> names)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var kept = names.ToHashSet(StringComparer.Ordinal);
        foreach (var old in Directory.EnumerateDirectories(folder).Where(path => !kept.Contains(Path.GetFileName(path))).ToList())
        {
            Directory.Delete(old, recursive: true);
        }
    }
}
