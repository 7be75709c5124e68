using System.Security.Cryptography;
using System.Text;
using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Readers;

namespace IMDD.Learning.Datasets.Tests;

/// <summary>Annotations are somebody else's bytes: whatever they hold, the file is reported and the reading goes on.</summary>
public sealed class AnnotationFuzzTests
{
    private const int MutationsPerFormat = 1000;
    private const int MutationsPerFolder = 300;
    private const int Seed = 20261123;

    private static readonly byte[] Voc = Encoding.UTF8.GetBytes(
        "<annotation><filename>a.jpg</filename><object><name>dent</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>20</ymax></bndbox></object></annotation>");

    private static readonly byte[] Labelme = """{"imagePath":"a.jpg","shapes":[{"label":"dent","points":[[1,1],[5,1],[5,6]]}]}"""u8.ToArray();
    private static readonly byte[] Yolo = "0 0.5 0.5 0.2 0.2\n1 0 0 0.1 0 0.1 0.1\n"u8.ToArray();

    private static readonly byte[] Coco =
        """{"categories":[{"id":1,"name":"dent"}],"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"image_id":1,"category_id":1,"bbox":[1,2,3,4]}]}"""u8.ToArray();

    private static readonly string[] Hostile =
    [
        "../../../../etc/passwd", "/etc/passwd", "C:\\windows", "1e999", "-1e308", "99999999999999999999", "NaN", "null", "[]", "{}", "\"\"", "\0", "<![CDATA[",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>&b;", new string('[', 5000), new string('{', 3000), string.Concat(Enumerable.Repeat("<object>", 500)), "\uFFFF", "0x10", "-0",
    ];

    [Fact]
    public void Voc_Mutated_OnlyReports() => Fuzz(Voc, bytes => VocAnnotation.Parse(bytes));

    [Fact]
    public void Labelme_Mutated_OnlyReports() => Fuzz(Labelme, bytes => LabelmeAnnotation.Parse(bytes));

    [Fact]
    public void Yolo_Mutated_OnlyReports() => Fuzz(Yolo, bytes => YoloLabels.Parse(Encoding.UTF8.GetString(bytes)));

    [Fact]
    public void Matlab_Mutated_OnlyReports() => Fuzz(MatlabFixture.Segmentation(2, 3, [1, 1, 2, 1, 1, 1]), bytes => MatlabSegmentation.Parse(bytes));

    [Fact]
    public void Coco_Mutated_ReportsAndNeverLeavesTheRoot()
    {
        using var folder = new FixtureFolder().Image("a.jpg");
        var random = new Random(Seed);
        for (var i = 0; i < MutationsPerFormat; i++)
        {
            folder.Bytes("annotations.json", Mutate(Coco, random));
            SampleSink sink = new(strict: false);
            new CocoReader().Read(new DatasetFolder(folder.Root), sink);
            sink.Samples.ShouldAllBe(s => s.ImagePath == Path.Combine(folder.Root, "a.jpg"));
        }
    }

    [Theory]
    [InlineData("labelme", "a.json", """{"imagePath":"a.jpg","shapes":[{"label":"dent","points":[[1,1],[5,1],[5,6]]}]}""", "a.jpg")]
    [InlineData("voc", "a.xml", "<annotation><filename>a.jpg</filename><object><name>dent</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>", "a.jpg")]
    [InlineData("yolo", "data.yaml", "names: [dent, scratch]\ntrain: images/train\n", "images/a.jpg", "labels/a.txt")]
    [InlineData("magnetic-tile", "groups.csv", "stem,class,group\nexp1_num_1,MT_Crack,7\n", "MT_Crack/Imgs/exp1_num_1.jpg", "MT_Crack/Imgs/exp1_num_1.png")]
    [InlineData("elpv", "labels.csv", "images/cell0001.png 1.0 mono\nimages/cell0002.png 0.0 poly\n", "images/cell0001.png", "images/cell0002.png")]
    [InlineData("labelled", "labels.json", """{"version":1,"frames":[{"file":"a.png","sha256":"DIGEST","verdict":"fail","camera":"cam1","regions":[{"class":"dent","bbox":[1,2,3,4],"polygon":[1,2,3,2,3,5]}]}]}""", "a.png")]
    [InlineData("deeppcb", "group1/1_not/1.txt", "1 2 9 9 1\n3 3 7 7 4\n", "group1/1/1_test.jpg", "group1/1/1_temp.jpg")]
    public void Folder_OneFileMutated_NeverLeavesTheRoot(string key, string mutated, string content, params string[] others)
    {
        using FixtureFolder folder = new();
        foreach (var other in others)
        {
            _ = other.EndsWith(".txt", StringComparison.Ordinal) ? folder.Text(other, "0 0.5 0.5 0.2 0.2\n") : folder.Image(other);
        }

        var reader = DatasetReaders.All.Single(r => r.Key == key);
        var valid = Encoding.UTF8.GetBytes(content.Replace("DIGEST", DigestOf(Path.Combine(folder.Root, others[0])), StringComparison.Ordinal));
        folder.Bytes(mutated, valid);
        Read().Samples.ShouldNotBeEmpty();
        var random = new Random(Seed);
        for (var i = 0; i < MutationsPerFolder; i++)
        {
            folder.Bytes(mutated, Mutate(valid, random));
            Read().Samples.SelectMany(s => new[] { s.ImagePath, s.ReferencePath, s.Mask?.Path }.OfType<string>())
                .ShouldAllBe(path => path.StartsWith(folder.Root + "/", StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal));
        }

        SampleSink Read()
        {
            SampleSink sink = new(strict: false);
            reader.Read(new DatasetFolder(folder.Root), sink);
            return sink;
        }
    }

    [Fact]
    public void Yolo_NamesOfBracketsAlone_AreReported()
    {
        using FixtureFolder folder = new();
        folder.Image("images/a.jpg").Text("labels/a.txt", "0 0.5 0.5 0.2 0.2\n").Text("data.yaml", "names: " + new string('[', 500_000));
        SampleSink sink = new(strict: false);

        DatasetReaders.All.Single(r => r.Key == "yolo").Read(new DatasetFolder(folder.Root), sink);

        sink.Problems.ShouldContain(p => p.File == "data.yaml" && p.Reason.Contains("nested", StringComparison.Ordinal));
    }

    private static string DigestOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static void Fuzz(byte[] valid, Action<byte[]> parse)
    {
        parse(valid);
        var random = new Random(Seed);
        var refused = 0;
        for (var i = 0; i < MutationsPerFormat; i++)
        {
            try
            {
                parse(Mutate(valid, random));
            }
            catch (AnnotationException)
            {
                refused++;
            }
        }

        // The mutations bite: a fuzzer whose inputs all pass tests nothing.
        refused.ShouldBeGreaterThan(MutationsPerFormat / 10);
    }

    private static byte[] Mutate(byte[] valid, Random random)
    {
        List<byte> bytes = [.. valid];
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)]));
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.Take(random.Next(bytes.Count + 1)).ToList());
                    break;
            }
        }

        return [.. bytes];
    }
}
