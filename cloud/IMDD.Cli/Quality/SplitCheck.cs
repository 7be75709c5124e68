using IMDD.Learning.Datasets.Splits;

namespace IMDD.Cli.Quality;

/// <summary>
/// Holds results against the pictures that are here, by the ids of their splits: names, groups and sides, not pixels. What is divided alike is read once.
/// </summary>
/// <param name="data">Where the data sets are.</param>
/// <param name="progress">Told what is read.</param>
internal sealed class SplitCheck(DataRoot data, TextWriter progress)
{
    // By these a training's arguments divide otherwise than its other fields say.
    private static readonly string[] Dividing = ["--data", "--split-together", "--split-with", "--test-group"];

    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    /// <summary>The first data set of a result that is divided otherwise here, with both ids.</summary>
    /// <returns>Null where none is, or where it cannot be said: data sets are not here, or are drawn.</returns>
    public string? Difference(QualityRow row, QualityResult result)
    {
        foreach (var training in row.Trainings)
        {
            if (result.Trainings.FirstOrDefault(r => r.Name == training.Name) is { } run && Difference(training, run.SplitIds) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private string? Difference(QualityTraining training, IReadOnlyList<string> ids)
    {
        // More ids than data sets: those of --whole and --describe, which come behind.
        if (ids.Count < training.Data.Count || training.Arguments.Any(Divides) || !AreHere(training.Data.Concat(training.SplitWith)))
        {
            return null;
        }

        var isOne = training.SplitTogether || training.SplitWith.Count > 0;
        for (var i = 0; i < training.Data.Count; i++)
        {
            string[] divided = isOne ? [.. training.Data, .. training.SplitWith] : [training.Data[i]];
            if (!divided.All(DataRoot.IsDrawn) && Id(divided, training.TestGroups) is var here && here != ids[i])
            {
                return $"{training.Data[i]}: split {ids[i]}, and here {here}";
            }
        }

        return null;
    }

    private bool AreHere(IEnumerable<string> names)
    {
        try
        {
            data.Resolve(names);
            return true;
        }
        catch (QualityException)
        {
            return false;
        }
    }

    /// <summary>Of data sets that are divided as one, in whatever order; else why they have none: then they are not what a result was made from.</summary>
    private string Id(string[] names, IReadOnlyList<string> testGroups)
    {
        Array.Sort(names, StringComparer.Ordinal);
        var key = string.Join('\n', names.Append("").Concat(testGroups));
        if (!_ids.TryGetValue(key, out var id))
        {
            progress.WriteLine($"reading {string.Join(", ", names)}, to compare with what results were made from");
            _ids[key] = id = Read(names, testGroups);
        }

        return id;
    }

    private string Read(string[] names, IReadOnlyList<string> testGroups)
    {
        try
        {
            return data.Read(names, new DivisionRule { Together = true, TestGroups = testGroups })[0].Split.Id;
        }
        catch (QualityException e)
        {
            return $"none: {e.Message}";
        }
    }

    /// <summary>Also written as <c>--option=value</c>, or read from a file.</summary>
    private static bool Divides(string argument) => argument.StartsWith('@') || Dividing.Contains(argument.Split('=', ':')[0], StringComparer.Ordinal);
}
