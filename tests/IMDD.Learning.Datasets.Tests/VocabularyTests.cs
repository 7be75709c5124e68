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

    /// <summary>Every label string that the sources of the readers and of the paper's table use.</summary>
    [Theory]
    [InlineData("MVTec", "bent bent_lead bent_wire broken broken_large broken_small broken_teeth cable_swap color combined contamination crack cut cut_inner_insulation cut_lead cut_outer_insulation damaged_case defective fabric_border fabric_interior faulty_imprint flip fold glue glue_strip good gray_stroke hole liquid manipulated_front metal_contamination misplaced missing_cable missing_wire oil pill_type poke poke_insulation print rough scratch scratch_head scratch_neck split_teeth squeeze squeezed_teeth thread thread_side thread_top")]
    [InlineData("Magnetic tile", "MT_Blowhole MT_Break MT_Crack MT_Fray MT_Free MT_Uneven")]
    [InlineData("NEU", "crazing inclusion patches pitted_surface rolled-in_scale scratches Cr In Pa PS RS Sc")]
    [InlineData("Printed circuit boards", "open short mousebite spur copper pin-hole missing_hole mouse_bite open_circuit spurious_copper")]
    [InlineData("Screens", "crack broken spot scratch light-leakage blot broken-membrane")]
    [InlineData("Wafers", "Center Donut Edge-Loc Edge-Ring Loc Random Scratch Near-full none")]
    [InlineData("Concrete", "Positive Negative CD UD CW UW CP UP")]
    [InlineData("Other", "Pitting Fault-Exist defect normal ko ok NG OK bad hotspot nonhotspot fissure Warp Wrinkle")]
    [InlineData("Fabric", "破洞 水渍 油渍 污渍 三丝 结头 花板跳 百脚 毛粒 粗经 松经 断经 吊经 粗维 纬缩 浆斑 整经结 星跳 跳花 断氨纶 稀密档 浪纹档 色差档 磨痕 轧痕 修痕 烧毛痕 死皱 云织 双纬 双经 跳纱 筘路 纬纱不良")]
    [InlineData("Aluminium", "正常 无瑕疵样本 不导电 擦花 横条压凹 桔皮 漏底 碰伤 起坑 凸粉 涂层开裂 脏点 其他 角位漏底 喷流 漆泡 杂色")]
    [InlineData("Bottles", "背景 瓶盖破损 瓶盖变形 瓶盖坏边 瓶盖打旋 瓶盖断点 标贴歪斜 标贴起皱 标贴气泡 喷码正常 喷码异常")]
    public void Resolve_EveryLabelOfTheSources_IsKnown(string source, string labels)
        => labels.Split(' ').Where(l => Vocabulary.English.Resolve(l) is null).ShouldBeEmpty(source);

    [Theory]
    [InlineData("No Fault")]
    [InlineData("External fold")]
    [InlineData("burn through")]
    [InlineData("lack of fusion")]
    [InlineData("lack of penetration")]
    [InlineData("good weld")]
    public void Resolve_LabelOfSeveralWords_IsKnown(string label) => Vocabulary.English.Resolve(label).ShouldNotBeNull();

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
