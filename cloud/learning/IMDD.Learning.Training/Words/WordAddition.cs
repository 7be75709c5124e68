using System.Globalization;
using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Naming;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Words;

/// <summary>
/// Teaches a bundle a word without new weights: a row of text more, of the name alone or with confirmed regions, whose own threshold is the lowest at
/// which the old names keep what they have on the frozen pictures. Where there is none, or it leaves the word nothing, there is no bundle.
/// </summary>
public sealed class WordAddition
{
    private const double ThresholdStep = 0.05;
    private const double HighestThreshold = 0.95;
    private const string NamesItsOwn = "names-its-own";
    private const string HasSeenWords = "seen-words";

    private readonly WordRequest _request;
    private readonly ModelBundle _bundle;
    private readonly EdgeModel _model;
    private readonly TrainedClass _named;
    private readonly TrainedClass _worded;
    private readonly bool _isSeen;
    private readonly int _truth;

    // Where the row is a further one of a class that has a name; else below zero.
    private readonly int _ownIndex;
    private readonly PictureLoader _loader;

    private WordAddition(WordRequest request, ModelBundle bundle, EdgeModel model)
    {
        (_request, _bundle, _model) = (request, bundle, model);
        (_worded, _isSeen) = new WordRow(model).Grounded(request.Word.ToClass(Vocabulary.English));
        var isKnown = model.Description.Classes.FirstOrDefault(c => c.Id == _worded.Id);
        if (isKnown is not null && (request.Regions.Count == 0 || request.MaxRegions == 0))
        {
            throw new TrainingException($"'{_worded.Name}' means the class {_worded.Id}, which the bundle has: expected another word, or regions to be a prototype of it.");
        }

        _named = isKnown ?? _worded;
        _ownIndex = isKnown is null ? -1 : model.Description.Classes.ToList().FindIndex(c => c.Id == isKnown.Id);
        var shown = request.Regions.Count == 0 ? _named : ShownClass(request.RegionClass ?? _named.Name);
        List<TrainedClass> classes = [.. model.Description.Classes];
        classes.AddRange(new[] { _named, shown }.Where(c => classes.TrueForAll(known => known.Id != c.Id)).DistinctBy(c => c.Id, StringComparer.Ordinal));
        _truth = classes.FindIndex(c => c.Id == shown.Id);
        _loader = new PictureLoader(new OpenCvImageDecoder(), Vocabulary.English, classes);
    }

    /// <summary>Makes the row, tries it, and writes the bundle where it is accepted.</summary>
    /// <exception cref="TrainingException">The word is one that the bundle has, or the pictures show nothing to try it on.</exception>
    /// <exception cref="ModelBundleException">Not a bundle that was trained here.</exception>
    /// <exception cref="Weights.WeightsException">The bundle's rows are made with CLIP, and it is missing or another.</exception>
    public static WordOutcome Run(WordRequest request)
    {
        request.Options.Validate();
        if (Directory.Exists(request.Folder) && Directory.EnumerateFileSystemEntries(request.Folder).Any())
        {
            throw new TrainingException($"{request.Folder} is not empty: expected a new folder.");
        }

        using var text = BundleText.Open(request.Model, request.Clip);
        return new WordAddition(request, ModelBundle.Open(request.Model), text.Model).Run();
    }

    private IEnumerable<DatasetSample> DefectiveFrozen => _request.Frozen.Where(s => s.IsAnomalous);

    private WordOutcome Run()
    {
        WordRow rows = new(_model);
        var (shown, examples) = Regions(rows);
        var old = OldDefects(rows);
        var naming = _model.Network.Naming;
        RowCandidates candidates = new(old, _model.Description.ListRows().Count, Math.Exp(naming.LogScale.item<float>()), naming.Bias.item<float>(), _request.Options.MaxLostPoints);
        if (shown.Count == 0)
        {
            var words = rows.OfText(_worded);
            return FirstOf(
                candidates.OfWords(words).Select(gain => (RowCandidates.Longer(words, gain), new ModelRow(_named.Id, Prototype: null) { Gain = gain == 1 ? null : gain })),
                rows, shown, examples);
        }

        var said = _isSeen ? rows.OfText(_worded) : null;
        var prototype = WordRow.Prototype(said, [.. shown.Select(s => s.Embedding)]);
        using var present = _model.Rows();
        var own = shown.SelectMany(s => rows.Defects(s.Picture, present, onlyFound: false)).Where(defect => defect.Truth == _truth).ToList();
        if (said is not null)
        {
            own.Add(rows.AsSeen(said, present, _truth));
        }

        return FirstOf(candidates.OfRegions(prototype, own).Select(row => (row, new ModelRow(_named.Id, row))), rows, shown, examples);
    }

    /// <summary>The first row that passes, else the last that was tried.</summary>
    private WordOutcome FirstOf(
        IEnumerable<(float[] Row, ModelRow Added)> candidates, WordRow rows, List<(TrainingPicture Picture, float[] Embedding)> shown, List<DatasetSample> examples)
    {
        WordOutcome? outcome = null;
        foreach (var (row, added) in candidates)
        {
            outcome = Try(row, added, rows, shown, examples);
            if (outcome.Refusal is null or WordOutcome.SaysNothing)
            {
                break;
            }
        }

        return outcome!;
    }

    private WordOutcome Try(
        float[] row, ModelRow added, WordRow rows, List<(TrainingPicture Picture, float[] Embedding)> shown, List<DatasetSample> examples)
    {
        var isPrototype = added.Prototype is not null;
        var lowest = _request.Options.Threshold ?? OwnThreshold.Of(shown.Select(s => rows.Score(s.Picture, _truth, row)));
        var thresholds = Thresholds(lowest);
        var candidate = Path.TrimEndingDirectorySeparator(_request.Folder) + ".partial";
        try
        {
            Clear(candidate);
            WordBundle.Write(_bundle, _model, _named, row, added, lowest, candidate, _request.CreatedAt);
            var (tally, parity) = Try(candidate, examples, thresholds);
            var chosen = Enumerable.Range(0, thresholds.Count).FirstOrDefault(t => OldNameGates(tally, t).All(gate => gate.Passed), thresholds.Count - 1);
            List<GateResult> gates = [parity, .. OldNameGates(tally, chosen)];
            var naming = tally.Naming(chosen);

            // CLIP knows words that no training showed: what they are worth here, the frozen pictures and the examples say.
            if (!isPrototype && _model.Description.Clip is null)
            {
                gates.Add(SeenWordsGate());
            }

            if (naming is not null)
            {
                var least = Math.Max(1, Math.Ceiling(_request.Options.LeastNamed * naming.Detected));
                gates.Add(new GateResult(NamesItsOwn, naming.Named >= least, naming.Named, least, $"examples get the name of {naming.Detected} found of {naming.Pictures}"));
            }

            // A graph that says otherwise than its network is no matter of the word.
            if (!parity.Passed)
            {
                throw new TrainingException($"The bundle's graph does not say what its network says: {parity.Detail}.");
            }

            var refusal = gates.Find(gate => !gate.Passed)?.Name;
            return new WordOutcome
            {
                Refusal = refusal switch { null => null, HasSeenWords => WordOutcome.SaysNothing, NamesItsOwn => WordOutcome.NamesNothing, _ => WordOutcome.OldNamesLose },
                BundleDigest = refusal is null ? Accept(candidate, row, added, thresholds[chosen]) : null,
                ClassId = _named.Id,
                Kind = isPrototype ? "prototype" : "text",
                Threshold = thresholds[chosen],
                RegionsUsed = shown.Count,
                OldNames = tally.OldNames(chosen),
                Naming = naming,
                Gates = gates,
                PicturesNotUsed = _loader.Problems.Select(problem => problem.File).Distinct(StringComparer.Ordinal).Count(),
            };
        }
        finally
        {
            Clear(candidate);
        }
    }

    /// <summary>Picture by picture, the defects that go by their old names: those that there are to lose.</summary>
    private List<IReadOnlyList<DefectEmbeddings>> OldDefects(WordRow rows)
    {
        using var present = _model.Rows();
        var (classes, listed) = (_model.Description.Classes, _model.Description.ListRows());
        return [.. DefectiveFrozen.Select(Named)];

        IReadOnlyList<DefectEmbeddings> Named(DatasetSample sample) => _loader.Load(sample, dataset: 0) is { } picture
            ? [.. rows.Defects(picture, present, onlyFound: true).Where(defect => defect.Truth < classes.Count && defect.Truth != _ownIndex && listed[defect.Winner(listed.Count)].ClassId == classes[defect.Truth].Id)]
            : [];
    }

    private string Accept(string candidate, float[] row, ModelRow added, double threshold)
    {
        Clear(candidate);
        var digest = WordBundle.Write(_bundle, _model, _named, row, added, threshold, candidate, _request.CreatedAt);
        Clear(_request.Folder);
        Directory.Move(candidate, _request.Folder);
        return digest;
    }

    private (WordTally Tally, GateResult Parity) Try(string candidate, List<DatasetSample> examples, List<double> thresholds)
    {
        SegmenterOptions options = new() { Threads = 1, MaxBatch = 1 };
        var bundle = ModelBundle.Open(candidate);
        using var before = SegmenterFactory.Create(_bundle, options);
        using var after = SegmenterFactory.Create(bundle, options);
        NamingTrial trial = new(before, after, thresholds);
        WordTally tally = new(_model.Description.Classes, _named.Id, thresholds.Count);
        foreach (var sample in DefectiveFrozen)
        {
            if (_loader.Load(sample, dataset: 0) is { } picture)
            {
                tally.AddFrozen(trial.Try(picture));
            }
        }

        if (tally.Pooled(0).Regions == 0)
        {
            throw new TrainingException($"No region lies on a defect with an old name in the {_request.Frozen.Count} frozen pictures: expected some to try the word on.");
        }

        foreach (var sample in examples)
        {
            if (_loader.Load(sample, dataset: 0) is { } picture)
            {
                tally.AddExample(trial.Try(picture), _truth);
            }
        }

        return (tally, WordParity.Check(bundle, after));
    }

    /// <summary>The regions that the row is made of, and the pictures that are left to name.</summary>
    private (List<(TrainingPicture Picture, float[] Embedding)> Shown, List<DatasetSample> Examples) Regions(WordRow rows)
    {
        var frozen = new Lazy<HashSet<string>>(() => [.. _request.Frozen.Select(s => Hash(s.ImagePath))]);
        List<(TrainingPicture, float[])> shown = [];
        List<DatasetSample> examples = [], used = [];
        foreach (var sample in _request.Regions)
        {
            if (shown.Count == _request.MaxRegions)
            {
                examples.Add(sample);
            }
            else if (_loader.Load(sample, dataset: 0) is { Mask: not null } picture && rows.OfRegion(picture, _truth) is { } embedding)
            {
                if (frozen.Value.Contains(Hash(sample.ImagePath)))
                {
                    throw new TrainingException($"{sample.ImagePath}, whose region is to be learned from, is one of the frozen pictures: expected another.");
                }

                shown.Add((picture, embedding));
                used.Add(sample);
            }
        }

        // Where all were used, whether the row names even those is all that can be asked.
        return _request.Regions.Count == 0 || _request.MaxRegions == 0 || shown.Count > 0
            ? (shown, examples.Count > 0 ? examples : used)
            : throw new TrainingException($"No picture of the {_request.Regions.Count} with regions shows a defective pixel of '{_request.RegionClass ?? _named.Name}'.");
    }

    private GateResult SeenWordsGate() => new(
        HasSeenWords, _isSeen, _isSeen ? 1 : 0, 1,
        _isSeen
            ? $"its row is made of '{string.Join("', '", _worded.RowTexts ?? [_worded.Name])}'"
            : $"the model has seen no word of it; say what it looks like, or give regions. It has seen: {string.Join(", ", _model.Description.SeenWords!)}");

    private List<GateResult> OldNameGates(WordTally tally, int threshold)
    {
        var (limit, pooled, names) = (_request.Options.MaxLostPoints, tally.Pooled(threshold), tally.OldNames(threshold));
        var worst = names.MaxBy(n => n.LostPoints)!;
        return
        [
            Gate("old-names", pooled, pooled.LostPoints <= limit),

            // Of a name with fewer than a hundred regions, one is more than a point: no less can be seen of it.
            Gate("old-names-worst", worst, names.All(n => n.LostPoints <= limit || n.Before - n.After <= 1)),
        ];

        GateResult Gate(string name, NameCounts counts, bool passed) => new(
            name, passed, counts.LostPoints, limit,
            string.Create(CultureInfo.InvariantCulture, $"points that {counts.Class} loses of {counts.Regions} regions: {counts.Before} were named rightly, {counts.After} are"));
    }

    private static List<double> Thresholds(double lowest)
    {
        List<double> thresholds = [lowest];
        for (var step = 1; ThresholdStep * step <= HighestThreshold + 1e-9; step++)
        {
            var threshold = Math.Round(ThresholdStep * step, 2);
            if (threshold > lowest)
            {
                thresholds.Add(threshold);
            }
        }

        return thresholds;
    }

    private static TrainedClass ShownClass(string label)
        => TrainedClass.Of(label, Vocabulary.English) ?? throw new TrainingException($"The regions' class '{label}' says that nothing is wrong: expected a defect's.");

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
