using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Tests;

/// <summary>Each layout with the quirk on which a plain reader fails, and found by detection.</summary>
public sealed class DatasetReadersTests
{
    [Fact]
    public void Mvtec_GoodWithoutMaskAndDefectsWithSuffix_ArePaired()
    {
        using var folder = new FixtureFolder()
            .Image("screw/train/good/000.png").Image("screw/test/good/000.png")
            .Image("screw/test/thread_top/000.png").Mask("screw/ground_truth/thread_top/000_mask.png")
            .Image("screw/test/thread_top/001.png").Mask("screw/ground_truth/thread_top/009_mask.png");

        var data = Read(folder, "mvtec");

        data.Samples.Select(s => s.Id).ShouldBe(["screw/test/good/000.png", "screw/test/thread_top/000.png", "screw/train/good/000.png"]);
        data.Samples[0].IsAnomalous.ShouldBeFalse();
        data.Samples[1].Classes.ShouldBe(["thread_top"]);
        data.Samples[1].Category.ShouldBe("screw");
        MaskReader.Read(data.Samples[1].Mask!).Mask.Count(m => m).ShouldBe(48);
        data.Problems.Select(p => p.File).ShouldBe(["screw/test/thread_top/001.png", "screw/ground_truth/thread_top/009_mask.png"], ignoreOrder: true);
    }

    [Fact]
    public void MagneticTile_GreyMaskAndGroupsFile_AreUsed()
    {
        using var folder = new FixtureFolder()
            .Image("MT_Crack/Imgs/exp1_num_1.jpg").Mask("MT_Crack/Imgs/exp1_num_1.png", patch: 100)
            .Image("MT_Crack/Imgs/exp2_num_7.jpg").Mask("MT_Crack/Imgs/exp2_num_7.png", patch: 200)
            .Image("MT_Free/Imgs/exp3_num_5.jpg").Mask("MT_Free/Imgs/exp3_num_5.png", patch: 0)
            .Text("groups.csv", "stem,class,group\nexp1_num_1,MT_Crack,12\nexp2_num_7,MT_Crack,12\n");

        var data = Read(folder, "magnetic-tile");

        data.Samples.Count.ShouldBe(3);
        MaskReader.Read(data.Samples[0].Mask!).Mask.ShouldNotContain(true, "values up to 127 are the anti-aliased rim");
        MaskReader.Read(data.Samples[1].Mask!).Mask.ShouldContain(true);
        data.Samples[0].Group.ShouldBe(data.Samples[1].Group);
        data.Samples[2].IsAnomalous.ShouldBeFalse();
    }

    [Fact]
    public void NeuDet_FileNameWithoutExtensionAndForeignClass_ReadsByStemAndName()
    {
        using var folder = new FixtureFolder()
            .Image("IMAGES/crazing_1.jpg").Text("ANNOTATIONS/crazing_1.xml", Voc("crazing_1", ("crazing", 2, 2, 20, 20), ("inclusion", 3, 3, 9, 9)))
            .Image("IMAGES/patches_2.jpg");

        var data = Read(folder, "neu-det");

        data.Samples.Count.ShouldBe(1);
        data.Samples[0].Classes.ShouldBe(["crazing", "inclusion"]);
        data.Samples[0].Boxes[0].ShouldBe(new AnnotatedBox("crazing", 2, 2, 18, 18));
        data.Problems.ShouldHaveSingleItem().Reason.ShouldContain("patches_2.xml");
    }

    [Fact]
    public void SdSaliency_BlankInFolderName_SharesGroupWithNeuDet()
    {
        using var folder = new FixtureFolder().Image("Source Images/In_3.bmp").Mask("Ground truth/In_3.png");

        var sample = Read(folder, "sd-saliency").Samples.ShouldHaveSingleItem();

        sample.Group.ShouldBe("neu:inclusion_3");
        sample.Classes.ShouldBe(["inclusion"]);
    }

    [Fact]
    public void NeuSeg_ClassNumbersInMask_BecomeNames()
    {
        using var folder = new FixtureFolder()
            .Image("images/training/000001.jpg").Mask("annotations/training/000001.png", patch: 2)
            .Image("images/training/000002.jpg").Mask("annotations/training/000002.png", patch: 9);

        var data = Read(folder, "neu-seg");

        data.Samples.ShouldHaveSingleItem().Classes.ShouldBe(["patches"]);
        MaskReader.Read(data.Samples[0].Mask!).Mask.Count(m => m).ShouldBe(48);
        data.Problems.ShouldHaveSingleItem().Reason.ShouldContain("9");
    }

    [Fact]
    public void DeepPcb_BlankSeparatedBoxesAndListsThatMisname_AreRead()
    {
        using var folder = new FixtureFolder()
            .Image("PCBData/group00041/00041/00041000_test.jpg").Image("PCBData/group00041/00041/00041000_temp.jpg", seed: 2)
            .Text("PCBData/group00041/00041_not/00041000.txt", "1 2 11 12 3\n4,5,9,8,6\n")
            .Text("PCBData/trainval.txt", "group00041/00041/00041000.jpg group00041/00041_not/00041000.txt\n");

        var sample = Read(folder, "deeppcb").Samples.ShouldHaveSingleItem();

        sample.Boxes.ShouldBe([new AnnotatedBox("mousebite", 1, 2, 10, 10), new AnnotatedBox("pin-hole", 4, 5, 5, 3)]);
        sample.ReferencePath.ShouldEndWith("00041000_temp.jpg");
        sample.Group.ShouldBe("deeppcb:00041");
        sample.DeclaredSplit.ShouldBe("trainval");
    }

    [Fact]
    public void Kolektor_AllZeroLabel_IsNormal()
    {
        using var folder = new FixtureFolder()
            .Image("kos01/Part0.jpg").Mask("kos01/Part0_label.bmp", patch: 0)
            .Image("kos01/Part1.jpg").Mask("kos01/Part1_label.bmp");

        var data = Read(folder, "kolektor");

        data.Samples.Select(s => s.IsAnomalous).ShouldBe([false, true]);
        data.Samples[0].Group.ShouldBe(data.Samples[1].Group);
    }

    [Fact]
    public void BsData_ImageWithoutJson_IsNormalAndBadJsonIsReported()
    {
        using var folder = new FixtureFolder().Text("image_data.json", "{}")
            .Image("data/01_200905201556_a.jpg").Text("label/01_200905201556_a.json", """{"shapes":[{"label":"Pitting","points":[[1,1],[5.5,1],[5,6]]}]}""")
            .Image("data/01_200905201557_b.jpg")
            .Image("data/01_200906201557_c.jpg").Text("label/01_200906201557_c.json", """{"shapes":[{"label":"Pitting","points":[[1,1]]}]}""");

        var data = Read(folder, "bsdata");

        data.Samples.Select(s => s.IsAnomalous).ShouldBe([true, false]);
        data.Samples[0].Group.ShouldBe(data.Samples[1].Group);
        data.Problems.ShouldHaveSingleItem().Reason.ShouldContain("expected an area");
    }

    [Fact]
    public void Elpv_BlankSeparatedLabels_KeepTheProbability()
    {
        using var folder = new FixtureFolder()
            .Image("data/images/cell0001.png").Image("data/images/cell0002.png").Image("data/images/cell0099.png")
            .Text("data/labels.csv", "images/cell0001.png  0.3333333333333333  mono\nimages/cell0002.png  1.0 poly\nimages/cell0003.png 0.0 mono\n");

        var data = Read(folder, "elpv");

        data.Samples.Select(s => s.IsAnomalous).ShouldBe([false, true]);
        data.Samples[0].DefectProbability!.Value.ShouldBe(1.0 / 3, 1e-12);
        data.Problems.Count.ShouldBe(2);
    }

    [Fact]
    public void CrackForest_MatlabStruct_IsColumnMajor()
    {
        using var folder = new FixtureFolder().Image("image/001.jpg", width: 3, height: 2).Bytes("groundTruth/001.mat", MatlabFixture.Segmentation(2, 3, [1, 1, 2, 1, 1, 1]));

        var sample = Read(folder, "crackforest").Samples.ShouldHaveSingleItem();

        var (width, height, mask) = MaskReader.Read(sample.Mask!);
        (width, height).ShouldBe((3, 2));
        mask.ShouldBe([false, true, false, false, false, false]);
    }

    [Fact]
    public void Gear_OrientedBoxes_GroupAugmentationsAndSkipNoFault()
    {
        using var folder = new FixtureFolder().Text("data.yaml", "names: \n  0: Fault-Exist\n  1: No Fault")
            .Image("train/images/a_png.rf.111.jpg", 100, 50).Text("train/labels/a_png.rf.111.txt", "0 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4\n")
            .Image("test/images/a_png.rf.222.jpg", 100, 50).Text("test/labels/a_png.rf.222.txt", "1 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4\n");

        var data = Read(folder, "gear");

        data.Samples.Select(s => s.IsAnomalous).ShouldBe([false, true]);
        data.Samples[0].Group.ShouldBe(data.Samples[1].Group);
        var box = data.Samples[1].Boxes.ShouldHaveSingleItem();
        (box.X, box.Y, box.Width, box.Height).ShouldBe((10, 10, 20, 10));
    }

    [Fact]
    public void Yolo_BoxesAndPolygonsMixed_GiveBoxesForAllAndOutlinesForNone()
    {
        using var folder = new FixtureFolder().Text("classes.txt", "dent\nscratch\n")
            .Image("images/x.PNG", 100, 100).Text("labels/x.txt", "0 0.5 0.5 0.2 0.2\n1 0 0 0.1 0 0.1 0.1\n")
            .Image("images/empty.png").Text("labels/empty.txt", "");

        var data = Read(folder, "yolo");

        data.Samples.Select(s => s.IsAnomalous).ShouldBe([false, true]);
        data.Samples[1].Classes.ShouldBe(["dent", "scratch"]);
        data.Samples[1].Boxes.Count.ShouldBe(2);
        data.Samples[1].Polygons.ShouldBeEmpty();
    }

    [Fact]
    public void HriPcb_ForeignPathInXml_IsIgnored()
    {
        using var folder = new FixtureFolder().Image("images/Missing_hole/01_missing_hole_01.jpg")
            .Text("Annotations/Missing_hole/01_missing_hole_01.xml", Voc("01_missing_hole_01.jpg", ("missing_hole", 1, 1, 5, 5)).Replace("<size>", "<path>/etc/passwd</path><size>", StringComparison.Ordinal));

        var sample = Read(folder, "hripcb").Samples.ShouldHaveSingleItem();

        sample.Classes.ShouldBe(["missing_hole"]);
        sample.Group.ShouldBe("hripcb:01");
    }

    [Fact]
    public void Coco_BackgroundCategoryAndForeignFolder_AreHandled()
    {
        using var folder = new FixtureFolder().Image("images/a.jpg").Image("images/b.jpg").Text("annotations.json", """
            {"categories":[{"id":0,"name":"背景"},{"id":3,"name":"瓶盖破损"}],
             "images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"},{"id":4,"file_name":"../../etc/passwd"}],
             "annotations":[{"image_id":1,"category_id":3,"bbox":[1,2,3,4],"segmentation":[[1,2,4,2,4,6]]},{"image_id":2,"category_id":0,"bbox":[0,0,1,1]}]}
            """);

        var data = Read(folder, "coco");

        data.Samples.Select(s => s.IsAnomalous).ShouldBe([true, false]);
        data.Samples[0].Boxes.ShouldBe([new AnnotatedBox("瓶盖破损", 1, 2, 3, 4)]);
        data.Samples[0].Polygons.ShouldHaveSingleItem().Points.Count.ShouldBe(6);
        data.Problems.ShouldHaveSingleItem().Reason.ShouldContain("root");
    }

    [Fact]
    public void Labelme_RectangleAndCircle_BecomePolygons()
    {
        using var folder = new FixtureFolder().Image("a.jpg").Text("a.json", """
            {"imagePath":"a.jpg","shapes":[{"label":"dent","shape_type":"rectangle","points":[[1,2],[5,6]]},{"label":"pit","shape_type":"circle","points":[[8,8],[10,8]]}]}
            """);

        var sample = Read(folder, "labelme").Samples.ShouldHaveSingleItem();

        sample.Polygons[0].Points.ShouldBe([1, 2, 5, 2, 5, 6, 1, 6]);
        sample.Polygons[1].Points.Count.ShouldBe(128);
    }

    /// <summary>Some tools have people mark what is good, or all that is no defect: whichever wrote it, that is none.</summary>
    [Theory]
    [InlineData("OK")]
    [InlineData("good")]
    [InlineData("No Fault")]
    [InlineData("background")]
    [InlineData("正常")]
    public void Read_LabelThatMarksNoDefect_IsNoneInAnyLayout(string label)
    {
        using var voc = new FixtureFolder().Image("images/a.jpg").Image("images/b.jpg")
            .Text("Annotations/a.xml", Voc("a.jpg", (label, 1, 1, 5, 5))).Text("Annotations/b.xml", Voc("b.jpg", (label, 1, 1, 5, 5), ("dent", 2, 2, 9, 9)));
        using var labelme = new FixtureFolder().Image("a.jpg").Image("b.jpg")
            .Text("a.json", Labelme("a.jpg", label)).Text("b.json", Labelme("b.jpg", label, "dent"));
        using var yolo = new FixtureFolder().Text("classes.txt", $"{label}\ndent\n").Image("images/a.jpg").Image("images/b.jpg")
            .Text("labels/a.txt", "0 0.5 0.5 0.2 0.2\n").Text("labels/b.txt", "0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.1 0.1\n");
        using var coco = new FixtureFolder().Image("a.jpg").Image("b.jpg").Text("annotations.json", $$"""
            {"categories":[{"id":1,"name":"{{label}}"},{"id":2,"name":"dent"}],
             "images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}],
             "annotations":[{"image_id":1,"category_id":1,"bbox":[1,2,3,4]},{"image_id":2,"category_id":1,"bbox":[1,2,3,4]},{"image_id":2,"category_id":2,"bbox":[1,2,3,4]}]}
            """);

        foreach (var argument in (string[])[$"voc:{voc.Root}", $"labelme:{labelme.Root}", $"yolo:{yolo.Root}", $"coco:{coco.Root}"])
        {
            var data = DatasetReaders.Read(argument, strict: true);

            data.Samples.Select(s => s.IsAnomalous).ShouldBe([false, true], argument);
            data.Samples[0].Classes.ShouldBeEmpty(argument);
            data.Samples[1].Classes.ShouldBe(["dent"], argument);
            data.Samples.Sum(s => Math.Max(s.Boxes.Count, s.Polygons.Count)).ShouldBe(1, argument);
        }

        static string Labelme(string image, params string[] labels) => $$"""{"imagePath":"{{image}}","shapes":[{{string.Join(',', labels.Select(Shape))}}]}""";

        static string Shape(string name) => $$"""{"label":"{{name}}","shape_type":"rectangle","points":[[1,2],[5,6]]}""";
    }

    [Fact]
    public void WaterCooled_TwoFolders_AreImageLevel()
    {
        using var folder = new FixtureFolder().Image("data/train/normal/1.jpg").Image("data/train/defect/2.jpg");

        Read(folder, "water-cooled").Samples.Select(s => s.IsAnomalous).ShouldBe([true, false]);
    }

    [Fact]
    public void Folders_ChineseNames_AreClasses()
    {
        using var folder = new FixtureFolder().Image("擦花/1.jpg").Image("正常/2.jpg").Image("stray.jpg");

        var data = Read(folder, "folders");

        data.Samples.Select(s => (s.IsAnomalous, s.Classes.Count)).ShouldBe([(true, 1), (false, 0)]);
        data.Problems.ShouldHaveSingleItem().File.ShouldBe("stray.jpg");
    }

    [Fact]
    public void Read_LinkOutOfTheRoot_IsReportedAndNotFollowed()
    {
        using var outside = new FixtureFolder().Image("secret.png");
        using var folder = new FixtureFolder().Image("good/1.png").Image("dent/2.png").Link("good/3.png", Path.Combine(outside.Root, "secret.png"));

        var data = DatasetReaders.Read("folders:" + folder.Root);

        data.Samples.Count.ShouldBe(2);
        data.Problems.ShouldHaveSingleItem().Reason.ShouldContain("link");
    }

    [Fact]
    public void Read_Strict_StopsAtTheFirstUnusableFile()
    {
        using var folder = new FixtureFolder().Image("good/1.png").Image("stray.png");

        Should.Throw<DatasetException>(() => DatasetReaders.Read("folders:" + folder.Root, strict: true)).Message.ShouldContain("stray.png");
    }

    [Theory]
    [InlineData("nonsense:/tmp", "not a data set layout")]
    [InlineData("/no/such/folder", "not a folder")]
    public void Read_BadArgument_SaysWhatWasExpected(string argument, string expected)
        => Should.Throw<DatasetException>(() => DatasetReaders.Read(argument)).Message.ShouldContain(expected);

    private static Dataset Read(FixtureFolder folder, string key)
    {
        DatasetReaders.Detect(new DatasetFolder(folder.Root)).Key.ShouldBe(key);
        return DatasetReaders.Read($"{key}:{folder.Root}");
    }

    private static string Voc(string fileName, params (string Name, int X1, int Y1, int X2, int Y2)[] objects)
        => $"<annotation><filename>{fileName}</filename><size><width>32</width><height>24</height><depth>1</depth></size>"
        + string.Concat(objects.Select(o => $"<object><name>{o.Name}</name><bndbox><xmin>{o.X1}</xmin><ymin>{o.Y1}</ymin><xmax>{o.X2}</xmax><ymax>{o.Y2}</ymax></bndbox></object>"))
        + "</annotation>";
}
