using IMDD.Learning.Datasets.Words;

namespace IMDD.Learning.Datasets.Tests;

public sealed class VocabularyTests
{
    private static readonly VocabularyFile File = Vocabulary.English.File;

    [Fact]
    public void English_Counts_CoverTheField()
    {
        File.Defects.Count.ShouldBeGreaterThanOrEqualTo(150);
        File.Products.Count.ShouldBeGreaterThanOrEqualTo(60);
        File.Materials.Count.ShouldBeGreaterThanOrEqualTo(40);
        File.Causes.Count.ShouldBeGreaterThanOrEqualTo(60);
    }

    [Fact]
    public void English_NoTerm_IsACompositionOfTwoOthers()
    {
        var terms = Terms().ToHashSet(StringComparer.Ordinal);

        Terms().Where(t => Enumerable.Range(1, t.Count(c => c == ' ')).Any(cut => IsComposition(t.Split(' '), cut, terms))).ShouldBeEmpty();
    }

    [Fact]
    public void English_NoWord_NamesTwoDefects()
        => File.Defects.SelectMany(d => (string[])[d.Name, .. d.Synonyms]).GroupBy(w => w, StringComparer.OrdinalIgnoreCase).ShouldAllBe(g => g.Count() == 1);

    [Theory]
    [InlineData("MT_Free", "normal")]
    [InlineData("pitted_surface", "pit")]
    [InlineData("rolled-in_scale", "rolled-in-scale")]
    [InlineData("mouse_bite", "mousebite")]
    [InlineData("Pitting", "pit")]
    [InlineData("瓶盖破损", "damaged-closure")]
    [InlineData("不导电", "non-conduction")]
    [InlineData("破洞", "hole")]
    [InlineData("copper", "spurious-copper")]
    [InlineData("fissure", "crack")]
    [InlineData("喷码正常", "normal")]
    [InlineData("Near-full", "wafer-near-full")]
    public void Resolve_LabelOfADataset_MeansOneDefect(string label, string expected) => Vocabulary.English.Resolve(label).ShouldBe(expected);

    [Fact]
    public void Resolve_UnknownWord_IsNull() => Vocabulary.English.Resolve("frobnication").ShouldBeNull();

    [Fact]
    public void Parse_InconsistentFile_NamesEveryProblem()
    {
        var json = """
            {"schemaVersion":2,"language":"en","defects":[{"id":"a","name":"a","synonyms":[],"severity":"dire","morphology":"spot","causes":["ghosts"]}],
             "products":[],"materials":[],"causes":[],"locations":[],"morphologies":[{"id":"spot","name":"spot"}],"severities":[],"labels":{"x":"b"}}
            """u8.ToArray();

        var error = Should.Throw<DatasetException>(() => Vocabulary.Parse(json));

        error.Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("schemaVersion"), m => m.ShouldContain("ghosts"), m => m.ShouldContain("severity"), m => m.ShouldContain("'x'"), m => m.ShouldContain("nine"));
    }

    [Theory]
    [InlineData("scratch", 0.0001, false, "minor")]
    [InlineData("scratch", 0.006, true, "major")]
    [InlineData("scratch", 0.2, false, "critical")]
    [InlineData("crack", 0.0001, false, "critical")]
    public void SeverityRule_KindAreaAndPlace_TakeTheWorst(string defect, double fraction, bool middle, string expected)
        => SeverityRule.Of(Vocabulary.English, defect, fraction, middle).ShouldBe(expected);

    [Fact]
    public void PhraseFinder_LongestTerm_Wins()
    {
        var found = new PhraseFinder(Vocabulary.English).Find("A solder ball and an oil stain on the circuit board of glass.");

        found.Select(f => (f.Kind, f.Id)).ShouldBe(
            [(PhraseKind.Defect, "solder-ball"), (PhraseKind.Defect, "oil-stain"), (PhraseKind.Product, "circuit-board"), (PhraseKind.Material, "glass")]);
    }

    private static IEnumerable<string> Terms()
        => File.Defects.SelectMany(d => (string[])[d.Name, .. d.Synonyms])
            .Concat(File.Products.Concat(File.Materials).Concat(File.Locations).Concat(File.Morphologies).SelectMany(t => (string[])[t.Name, .. t.Synonyms ?? []]));

    private static bool IsComposition(string[] words, int cut, HashSet<string> terms)
        => terms.Contains(string.Join(' ', words[..cut])) && terms.Contains(string.Join(' ', words[cut..]));
}
