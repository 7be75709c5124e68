using System.Security.Cryptography;
using System.Text;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Runs;

/// <summary>Reads data sets, splits each as <c>imdd eval</c> does, and loads the training and validation sides. The test side is never opened.</summary>
public static class TrainingDataReader
{
    // Of what is learned from and validated on together, as the split means it: 15 of 70.
    private const double ValidationShare = 0.2;

    // More say little more, and cost as much as training when there are thousands.
    private const int MaxValidation = 300;

    // A byte of a plane names a pixel's class.
    private const int MaxClasses = 250;

    // Of so few defective pictures each one held back costs more than it tells.
    private const int FewDefective = 60;

    /// <summary>Reads.</summary>
    /// <param name="names"><c>KEY:PATH</c> each.</param>
    /// <param name="shots">Training pictures that are drawn for each class (<see cref="KShot"/>); null: all.</param>
    /// <param name="seed">Which shots are drawn.</param>
    /// <param name="normalOnly">True: no defective picture is learned from or judged by.</param>
    /// <param name="rule">How the data sets are divided; null: each for itself.</param>
    /// <exception cref="Learning.Datasets.DatasetException">A data set cannot be read.</exception>
    /// <exception cref="TrainingException">Nothing is left to learn from.</exception>
    public static TrainingData Read(IReadOnlyList<string> names, int? shots, int seed, bool normalOnly, DivisionRule? rule = null)
        => Read(new TrainingSelection { Names = names, Shots = shots, Seed = seed, NormalOnly = normalOnly }, rule);

    /// <summary>Reads.</summary>
    /// <param name="selection">What is learned from.</param>
    /// <param name="rule">How the data sets are divided; null: each for itself.</param>
    /// <exception cref="Learning.Datasets.DatasetException">A data set cannot be read.</exception>
    /// <exception cref="TrainingException">Nothing is left to learn from, or a picture is among them that must not be.</exception>
    public static TrainingData Read(TrainingSelection selection, DivisionRule? rule = null)
    {
        var (shots, seed, normalOnly) = (selection.Shots, selection.Seed, selection.NormalOnly);
        List<string> names = [.. selection.Names, .. selection.Whole, .. selection.Descriptions];
        OpenCvImageDecoder decoder = new();
        List<FileProblem> problems = [];
        List<string> splitIds = [];
        List<(int Dataset, IReadOnlyList<DatasetSample> Train, IReadOnlyList<DatasetSample> Validation)> sides = [];
        DatasetDivider divider = new(decoder);
        var divided = divider.Read(selection.Names, rule ?? DivisionRule.Default).Concat(divider.Read([.. selection.Whole, .. selection.Descriptions], DivisionRule.Default));
        var described = selection.Names.Count + selection.Whole.Count;
        foreach (var ((dataset, split), index) in divided.Select((one, index) => (one, index)))
        {
            problems.AddRange(dataset.Problems);
            splitIds.Add(index < selection.Names.Count ? split.Id : LearnedSplits.Whole(split.Id));
            if (index >= described)
            {
                sides.Add((index, dataset.Samples, []));
                continue;
            }

            var isWhole = index >= selection.Names.Count;
            if (isWhole && !normalOnly && shots is null && dataset.Samples.Count(s => s.IsAnomalous) < FewDefective)
            {
                sides.Add((index, dataset.Samples, dataset.Samples));
                continue;
            }

            IReadOnlyList<DatasetSample> train = isWhole
                ? [.. dataset.Samples.Where(s => split.Of(s) != SplitName.Val)]
                : split.Take(dataset.Samples, SplitName.Train);
            train = shots is { } k ? KShot.Draw(train, k, seed) : train;
            var validation = split.Take(dataset.Samples, SplitName.Val);
            if (normalOnly)
            {
                sides.Add(NormalHeldOut(index, [.. train.Where(s => !s.IsAnomalous)], [.. validation.Where(s => !s.IsAnomalous)]));
                continue;
            }

            sides.Add(shots is null ? HeldOut(index, train, validation) : (index, train, validation));
        }

        PictureDigests.Refuse(sides.SelectMany(s => s.Train.Concat(s.Validation)), selection.Excluded);
        var classes = normalOnly ? [Generic()] : ClassesOf(sides.Where(s => s.Dataset < described).SelectMany(s => s.Train), selection.KeptClasses);
        var descriptions = Labelled(sides.Where(s => s.Dataset >= described).SelectMany(s => s.Train)).ExceptBy(classes.Select(c => c.Id), c => c.Id, StringComparer.Ordinal)
            .OrderBy(c => c.Id, StringComparer.Ordinal).ToList();
        if (classes.Count + descriptions.Count > MaxClasses)
        {
            throw new TrainingException($"The data sets name {classes.Count} classes and describe {descriptions.Count}: expected at most {MaxClasses}.");
        }

        PictureLoader loader = new(decoder, Vocabulary.English, [.. classes, .. descriptions]);
        var learned = sides.SelectMany(s => CutAlike([.. Load(loader, s.Train, s.Dataset)])).ToList();
        var judged = Fewer(sides, normalOnly ? MaxValidation / 2 : MaxValidation).SelectMany(s => Load(loader, s.Validation, s.Dataset)).ToList();
        problems.AddRange(loader.Problems);
        if (learned.Count == 0)
        {
            throw new TrainingException($"No {(normalOnly ? "good " : "")}picture of {string.Join(", ", names)} can be learned from"
                + (problems.Count > 0 ? $"; the first of {problems.Count} problems: {problems[0].File}: {problems[0].Reason}" : "."));
        }

        TrainingData data = new([.. names.Select(PublicName)], splitIds, classes, descriptions, learned, judged, problems)
        {
            SharingGroups = [.. sides.Where(s => !ReferenceEquals(s.Train, s.Validation) && s.Train.Select(p => p.Group).Intersect(s.Validation.Select(p => p.Group), StringComparer.Ordinal).Any())
                .Select(s => PublicName(names[s.Dataset]))],
        };
        return normalOnly
            ? data with { Validation = [.. new PaintedPictures(selection.PaintedSide).BesideNormal(judged)], PaintedSeed = PaintedPictures.Seed }
            : data;
    }

    /// <summary>
    /// Many small strata leave no defect on the validation side, which then says nothing: groups of the training side, in the order of their hash,
    /// are held out until it has its share. Where groups are too large for that, as a series of one part is, single pictures are held out, and normal ones then, too.
    /// </summary>
    private static (int Dataset, IReadOnlyList<DatasetSample> Train, IReadOnlyList<DatasetSample> Validation) HeldOut(
        int dataset, IReadOnlyList<DatasetSample> train, IReadOnlyList<DatasetSample> validation)
    {
        var byGroup = Moved(dataset, train, validation, Groups(train, validation, s => s.IsAnomalous));
        var singles = Singles(byGroup.Train, byGroup.Validation, s => s.IsAnomalous);
        var side = Moved(dataset, byGroup.Train, byGroup.Validation, singles);
        return singles.Count == 0 ? side : Moved(dataset, side.Train, side.Validation, Singles(side.Train, side.Validation, s => !s.IsAnomalous));
    }

    /// <summary>The same of normal pictures alone.</summary>
    private static (int Dataset, IReadOnlyList<DatasetSample> Train, IReadOnlyList<DatasetSample> Validation) NormalHeldOut(
        int dataset, IReadOnlyList<DatasetSample> train, IReadOnlyList<DatasetSample> validation)
    {
        var side = Moved(dataset, train, validation, Groups(train, validation, _ => true));
        return Moved(dataset, side.Train, side.Validation, Singles(side.Train, side.Validation, _ => true));
    }

    /// <summary>Groups for a validation side that lacks pictures that count; half of these, half of the others and some of each class stay to learn from.</summary>
    private static List<DatasetSample> Groups(IReadOnlyList<DatasetSample> train, IReadOnlyList<DatasetSample> validation, Func<DatasetSample, bool> counts)
    {
        List<DatasetSample> held = [];
        var missing = Missing(train, validation, counts);
        var (most, mostOthers) = (train.Count(counts) / 2, train.Count(s => !counts(s)) / 2);
        var left = Shown(train);
        foreach (var group in ByHash(train, s => s.Group))
        {
            var own = group.Count(counts);
            var others = group.Count() - own;
            if (missing > 0 && own > 0 && own <= most && others <= mostOthers && Spare(left, group))
            {
                held.AddRange(group);
                (missing, most, mostOthers) = (missing - own, most - own, mostOthers - others);
            }
        }

        return held;
    }

    /// <summary>The same by single pictures that count, whose groups are then on both sides.</summary>
    private static List<DatasetSample> Singles(IReadOnlyList<DatasetSample> train, IReadOnlyList<DatasetSample> validation, Func<DatasetSample, bool> counts)
    {
        List<DatasetSample> held = [];
        var missing = Math.Min(Missing(train, validation, counts), train.Count(counts) / 2);
        var left = Shown(train);
        foreach (var sample in ByHash(train.Where(counts), s => s.Id).Select(g => g.First()))
        {
            if (missing > 0 && Spare(left, [sample]))
            {
                held.Add(sample);
                missing--;
            }
        }

        return held;
    }

    /// <summary>Pictures that a validation side with less than half its share lacks; else none.</summary>
    private static int Missing(IReadOnlyList<DatasetSample> train, IReadOnlyList<DatasetSample> validation, Func<DatasetSample, bool> counts)
    {
        var has = validation.Count(counts);
        var wanted = (int)(ValidationShare * (train.Count(counts) + has));
        return 2 * has >= wanted ? 0 : wanted - has;
    }

    /// <summary>How many pictures show each class.</summary>
    private static Dictionary<string, int> Shown(IEnumerable<DatasetSample> samples)
        => samples.SelectMany(s => s.Classes).CountBy(c => c, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    /// <summary>Takes pictures from what is left, unless they are the last of a class.</summary>
    private static bool Spare(Dictionary<string, int> left, IEnumerable<DatasetSample> samples)
    {
        var shown = Shown(samples);
        if (shown.Any(c => left[c.Key] <= c.Value))
        {
            return false;
        }

        foreach (var (name, count) in shown)
        {
            left[name] -= count;
        }

        return true;
    }

    private static IEnumerable<IGrouping<string, DatasetSample>> ByHash(IEnumerable<DatasetSample> samples, Func<DatasetSample, string> key)
        => samples.GroupBy(key, StringComparer.Ordinal)
            .OrderBy(g => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(g.Key))), StringComparer.Ordinal);

    private static (int Dataset, IReadOnlyList<DatasetSample> Train, IReadOnlyList<DatasetSample> Validation) Moved(
        int dataset, IReadOnlyList<DatasetSample> train, IReadOnlyList<DatasetSample> validation, List<DatasetSample> held)
    {
        var ids = held.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        return held.Count == 0
            ? (dataset, train, validation)
            : (dataset, [.. train.Where(s => !ids.Contains(s.Id))], [.. validation.Concat(held).OrderBy(s => s.Id, StringComparer.Ordinal)]);
    }

    /// <summary>
    /// The validation sides with no more pictures together than are looked at: as many of each as its share, spread evenly over its defective and its
    /// normal ones, which is a function of the data alone.
    /// </summary>
    private static IEnumerable<(int Dataset, IReadOnlyList<DatasetSample> Train, IReadOnlyList<DatasetSample> Validation)> Fewer(
        IReadOnlyList<(int Dataset, IReadOnlyList<DatasetSample> Train, IReadOnlyList<DatasetSample> Validation)> sides, int most)
    {
        var share = (double)most / Math.Max(most, sides.Sum(s => s.Validation.Count));
        return sides.Select(s => (s.Dataset, s.Train, (IReadOnlyList<DatasetSample>)[.. Spread(s.Validation, true), .. Spread(s.Validation, false)]));

        IEnumerable<DatasetSample> Spread(IReadOnlyList<DatasetSample> samples, bool anomalous)
        {
            var some = samples.Where(s => s.IsAnomalous == anomalous).ToList();
            var kept = (int)Math.Ceiling(share * some.Count);
            return Enumerable.Range(0, kept).Select(i => some[(int)((long)i * some.Count / kept)]);
        }
    }

    /// <summary>A model goes further than the folders it was trained in: of a path only the last folder is kept.</summary>
    private static string PublicName(string name)
    {
        var cut = name.IndexOf(':', StringComparison.Ordinal);
        var (key, path) = cut > 0 ? (name[..(cut + 1)], name[(cut + 1)..]) : ("", name);
        return path.Contains('=', StringComparison.Ordinal) && !Path.Exists(path) ? name : key + Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
    }

    private static TrainedClass Generic() => TrainedClass.Of("defect", Vocabulary.English)!;

    private static List<TrainedClass> ClassesOf(IEnumerable<DatasetSample> samples, IReadOnlyList<TrainedClass> kept)
    {
        var classes = kept.Concat(Labelled(samples)).DistinctBy(c => c.Id, StringComparer.Ordinal).OrderBy(c => c.Id, StringComparer.Ordinal).ToList();
        return classes.Count == 0 ? [Generic()] : classes;
    }

    private static IEnumerable<TrainedClass> Labelled(IEnumerable<DatasetSample> samples)
        => samples.SelectMany(s => s.Classes).Distinct(StringComparer.Ordinal).Select(label => TrainedClass.Of(label, Vocabulary.English)).OfType<TrainedClass>()
            .DistinctBy(c => c.Id, StringComparer.Ordinal);

    /// <summary>
    /// Where defective pictures are only cut whole, as many of the normal ones are too: else a crop's scale would tell which is which.
    /// </summary>
    private static IEnumerable<TrainingPicture> CutAlike(List<TrainingPicture> pictures)
    {
        var defective = pictures.Count(p => p.IsDefective);
        var whole = pictures.Count(p => p.WholeLabel == true);
        var seen = 0;
        foreach (var picture in pictures)
        {
            if (whole == 0 || picture.IsDefective)
            {
                yield return picture;
                continue;
            }

            // Evenly over the normal ones: the n-th is whole where the count of whole ones steps up.
            var isWhole = (long)(seen + 1) * whole / defective > (long)seen * whole / defective;
            seen++;
            yield return isWhole ? picture with { WholeLabel = false } : picture;
        }
    }

    private static IEnumerable<TrainingPicture> Load(PictureLoader loader, IReadOnlyList<DatasetSample> samples, int dataset)
        => samples.Select(s => loader.Load(s, dataset)).OfType<TrainingPicture>();
}
