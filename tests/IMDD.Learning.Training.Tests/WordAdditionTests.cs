using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Synthetic;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Words;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>On the bundle that comes with the agent, with kinds that it never saw.</summary>
public sealed class WordAdditionTests(WordAdditionTests.Pictures pictures) : IClassFixture<WordAdditionTests.Pictures>
{
    private static string Folder => Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");

    [Fact]
    public void Run_WordAlone_SharesAllFilesButTheRowsAndStillMeetsItsProbes()
    {
        using TestDirectory directory = new();

        var outcome = WordAddition.Run(Request(directory) with { Word = new NewWord("paint run", ["paint sag"], "A raised winding line.") });

        outcome.Refusal.ShouldBeNull();
        (outcome.Kind, outcome.Threshold, outcome.Naming).ShouldBe(("text", 0.1, null));
        outcome.Gates.ShouldAllBe(gate => gate.Passed);
        outcome.OldNames.Sum(n => n.Regions).ShouldBeGreaterThan(5);
        var (old, made) = (ModelBundle.Open(Folder), ModelBundle.Open(directory.File("out")));
        made.Digest.ShouldBe(outcome.BundleDigest);
        made.Manifest.Files.Except(old.Manifest.Files).Select(f => f.Path).ShouldBe([EdgeModel.DescriptionFile, ModelBundle.TextFile], ignoreOrder: true);
        made.Manifest.Rows.SkipLast(1).ShouldBe(old.Manifest.Rows);
        var row = made.Manifest.Rows[^1];
        (row.ClassId, row.Text, row.Kind, row.Threshold).ShouldBe((outcome.ClassId, "paint run", "text", 0.1));
        made.Manifest.Classes[^1].Id.ShouldBe(outcome.ClassId);
        made.Manifest.TrainedFrom!.Parent.ShouldBe(old.Digest);
        made.Text.Values[..old.Text.Values.Length].ToArray().ShouldBe(old.Text.Values.ToArray());
        using (SegmenterFactory.Create(made, new SegmenterOptions { Threads = 1 }))
        {
            using var model = EdgeModel.Load(made.Directory);
            using var rows = model.Rows();
            rows[-1].data<float>().ToArray().ShouldBe(made.Text.Values[old.Text.Values.Length..].ToArray(), 1e-6);
            row.Length.ShouldBe(model.Description.Rows![^1].Gain);
        }
    }

    [Fact]
    public void Run_WithRegions_IsAPrototypeThatNamesWhatItWasNotMadeOf()
    {
        using TestDirectory directory = new();

        var outcome = WordAddition.Run(Request(directory) with
        {
            Word = new NewWord("gloopy bits", [], null),
            Regions = pictures.Unseen,
            RegionClass = "peeling",
            Options = new WordOptions { MaxLostPoints = 100 },
        });

        (outcome.Refusal, outcome.Kind, outcome.RegionsUsed, outcome.ClassId).ShouldBe((null, "prototype", 5, "gloopy-bits"));
        outcome.Threshold.ShouldBeInRange(0.2, 0.5);
        outcome.Naming!.Pictures.ShouldBe(15);
        outcome.Naming.Named.ShouldBeGreaterThan(0);
        var made = ModelBundle.Open(directory.File("out"));
        made.Manifest.Rows[^1].Kind.ShouldBe("prototype");
        using var model = EdgeModel.Load(made.Directory);
        using var rows = model.Rows();
        rows.data<float>().ToArray()[^64..].ShouldBe(made.Text.Values[^64..].ToArray());

        // Another word on top of it.
        var second = WordAddition.Run(Request(directory) with { Model = made.Directory, Folder = directory.File("second"), Word = new NewWord("orange peel skin", [], "Raised ripples.") });

        second.Refusal.ShouldBeNull();
        ModelBundle.Open(directory.File("second")).Manifest.Rows.TakeLast(2).Select(r => r.Kind).ShouldBe(["prototype", "text"]);
    }

    /// <summary>Cracks, called otherwise: whatever names these takes the name of those.</summary>
    [Fact]
    public void Run_NewThatCannotBeToldFromOld_IsRefusedAndLeavesNothing()
    {
        using TestDirectory directory = new();

        var outcome = WordAddition.Run(Request(directory) with
        {
            Word = new NewWord("split", [], null),
            Regions = pictures.Cracks,
            RegionClass = "crack",
            Frozen = pictures.OtherCracks,
            Options = new WordOptions { MaxLostPoints = 0, LeastNamed = 0.6 },
        });

        outcome.Refusal.ShouldBeOneOf(WordOutcome.OldNamesLose, WordOutcome.NamesNothing);
        outcome.BundleDigest.ShouldBeNull();
        outcome.Gates.ShouldContain(gate => !gate.Passed);
        Directory.GetDirectories(directory.Path, "out*").ShouldBeEmpty();
    }

    /// <summary>A further row of a name is no loss to it.</summary>
    [Fact]
    public void Run_RegionsOfAKnownName_AreNotHeldAgainstIt()
    {
        using TestDirectory directory = new();

        var outcome = WordAddition.Run(Request(directory) with
        {
            Word = new NewWord("fissure", [], null),
            Regions = pictures.Cracks,
            Frozen = [.. pictures.OtherCracks, .. pictures.Old],
        });

        (outcome.Refusal, outcome.ClassId, outcome.Kind).ShouldBe((null, "crack", "prototype"));
        var cracks = outcome.OldNames.Single(name => name.Class == "crack");
        cracks.After.ShouldBeGreaterThanOrEqualTo(cracks.Before);
    }

    /// <summary>With five regions and no more, those are what it must name.</summary>
    [Fact]
    public void Run_AllRegionsUsed_StillHasToNameThem()
    {
        using TestDirectory directory = new();

        var outcome = WordAddition.Run(Request(directory) with
        {
            Word = new NewWord("gloopy bits", [], null),
            Regions = [.. pictures.Unseen.Take(5)],
            RegionClass = "peeling",
        });

        outcome.RegionsUsed.ShouldBe(5);
        outcome.Naming!.Pictures.ShouldBe(5);
        outcome.Gates.ShouldContain(gate => gate.Name == "names-its-own");
    }

    /// <summary>Peeling was never drawn for the model, nor was its look: sunken, with a rim.</summary>
    [Fact]
    public void Run_SentenceAlone_NamesAKindThatTheModelNeverSaw()
    {
        using TestDirectory directory = new();

        var outcome = WordAddition.Run(Request(directory) with
        {
            Word = new NewWord("peeling", [], "A hollow pale flake with a raised edge."),
            Regions = pictures.Unseen,
            MaxRegions = 0,
        });

        (outcome.Refusal, outcome.Kind).ShouldBe((null, "text"));
        ((double)outcome.Naming!.Named / outcome.Naming.Detected).ShouldBeGreaterThan(0.4);
        outcome.Naming.Detected.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Run_SentenceOfSomethingElse_NamesNothingAndIsRefused()
    {
        using TestDirectory directory = new();

        var outcome = WordAddition.Run(Request(directory) with { Word = new NewWord("peeling", [], "Several dark straight lines."), Regions = pictures.Unseen, MaxRegions = 0 });

        (outcome.Refusal, outcome.Kind).ShouldBe((WordOutcome.NamesNothing, "text"));
        outcome.Naming!.Named.ShouldBe(0);
        Directory.Exists(directory.File("out")).ShouldBeFalse();
    }

    /// <summary>Its letters would be a row of chance.</summary>
    [Fact]
    public void Run_WordsThatTheModelHasNotSeen_AreRefusedUnlessASentenceOrRegionsSayMore()
    {
        using TestDirectory directory = new();
        var request = Request(directory) with { Word = new NewWord("gloopy bits", ["xyzzy"], null) };

        var outcome = WordAddition.Run(request);

        (outcome.Refusal, outcome.Kind, outcome.BundleDigest).ShouldBe((WordOutcome.SaysNothing, "text", null));
        outcome.Gates.ShouldContain(gate => gate.Name == "seen-words" && !gate.Passed);
        Directory.Exists(directory.File("out")).ShouldBeFalse();
        WordAddition.Run(request with { Word = new NewWord("gloopy bits", ["xyzzy"], "Dark drops, I think.") }).Refusal.ShouldBeNull();
        using var model = EdgeModel.Load(directory.File("out"));
        var named = model.Description.Classes[^1];
        (named.Name, named.Synonyms[0]).ShouldBe(("gloopy bits", "xyzzy"));
        named.RowTexts.ShouldBe(["dark drops"]);
    }

    [Fact]
    public void Run_WordThatTheBundleHas_IsAnErrorUnlessRegionsMakeItAPrototypeOfThatClass()
    {
        using TestDirectory directory = new();
        var request = Request(directory) with { Word = new NewWord("fissure", [], null) };

        Should.Throw<TrainingException>(() => WordAddition.Run(request)).Message.ShouldContain("crack");

        var outcome = WordAddition.Run(request with
        {
            Regions = pictures.Cracks,
            Options = new WordOptions { MaxLostPoints = 100 },
        });

        (outcome.Refusal, outcome.ClassId, outcome.Kind).ShouldBe((null, "crack", "prototype"));
        var made = ModelBundle.Open(directory.File("out")).Manifest;
        (made.Rows.Count, made.Classes.Count, made.Rows[^1].ClassId).ShouldBe((13, 12, "crack"));
    }

    [Fact]
    public void Run_RegionsAmongTheFrozenPictures_IsAnError()
    {
        using TestDirectory directory = new();

        Should.Throw<TrainingException>(() => WordAddition.Run(Request(directory) with
        {
            Word = new NewWord("peeling", [], null),
            Regions = pictures.Unseen,
            Frozen = [.. pictures.Old, pictures.Unseen[0]],
        })).Message.ShouldContain("frozen");
    }

    [Fact]
    public void Run_FolderThatHoldsSomething_IsLeftAlone()
    {
        using TestDirectory directory = new();
        Directory.CreateDirectory(directory.File("out"));
        File.WriteAllText(directory.File("out/kept"), "");

        Should.Throw<TrainingException>(() => WordAddition.Run(Request(directory))).Message.ShouldContain("not empty");
        File.Exists(directory.File("out/kept")).ShouldBeTrue();
    }

    private WordRequest Request(TestDirectory directory) => new()
    {
        Model = Folder,
        Folder = directory.File("out"),
        Word = new NewWord("paint run", [], null),
        Frozen = pictures.Old,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Drawn once for all tests.</summary>
    public sealed class Pictures : IDisposable
    {
        private readonly TestDirectory _directory = new();

        public Pictures()
        {
            Old = Read("seed=5000,count=40,size=128,defective=1,kinds=chip+scratch+stain");
            Unseen = Read("seed=30,count=20,size=128,defective=1,kinds=peeling");
            Cracks = Read("seed=70,count=12,size=128,defective=1,kinds=crack");
            OtherCracks = Read("seed=170,count=24,size=128,defective=1,kinds=crack");
        }

        public IReadOnlyList<DatasetSample> Old { get; }

        public IReadOnlyList<DatasetSample> Unseen { get; }

        public IReadOnlyList<DatasetSample> Cracks { get; }

        public IReadOnlyList<DatasetSample> OtherCracks { get; }

        public void Dispose() => _directory.Dispose();

        private IReadOnlyList<DatasetSample> Read(string spec) => SyntheticDataset.Read(SyntheticSpec.Parse(spec), _directory.Path).Samples;
    }
}
