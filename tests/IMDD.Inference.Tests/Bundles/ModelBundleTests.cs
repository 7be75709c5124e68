using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Testing;
using SafetensorsFile = IMDD.Inference.Bundles.SafetensorsFile;

namespace IMDD.Inference.Tests.Bundles;

public sealed class ModelBundleTests : IDisposable
{
    private readonly BundleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_AsWritten_HasTheManifestsDigest()
    {
        var bundle = ModelBundle.Open(_folder.Path);

        bundle.Digest.ShouldBe(ContentDigest.Of(File.ReadAllBytes(_folder.FileOf(ModelBundle.ManifestFile))));
        bundle.Manifest.Name.ShouldBe("contrast");
        bundle.Text.Shape.ShouldBe([1, 1]);
    }

    [Fact]
    public void Open_AnyByteOfAnyListedFileChanged_IsRefusedByName()
    {
        foreach (var file in ModelBundle.Open(_folder.Path).Manifest.Files)
        {
            var bytes = File.ReadAllBytes(_folder.FileOf(file.Path));
            var step = Math.Max(1, bytes.Length / 60);
            for (var position = 0; position < bytes.Length; position += step)
            {
                bytes[position] ^= 0x40;
                File.WriteAllBytes(_folder.FileOf(file.Path), bytes);
                Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain(file.Path);
                bytes[position] ^= 0x40;
            }

            File.WriteAllBytes(_folder.FileOf(file.Path), bytes);
        }

        ModelBundle.Open(_folder.Path).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(ModelBundle.ManifestFile)]
    [InlineData(ModelBundle.EnvelopeFile)]
    public void Open_LinkInPlaceOfTheManifestOrItsEnvelope_IsRefusedUnread(string file)
    {
        // Files of the kernel say that they have a page, and have a line: to read one as its length says would fail otherwise.
        const string Short = "/sys/devices/system/cpu/online";
        Assert.SkipUnless(File.Exists(Short), $"{Short} is not there.");
        File.Delete(_folder.FileOf(file));
        File.CreateSymbolicLink(_folder.FileOf(file), Short);

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldBe($"'{file}' is a link; a bundle holds files only.");
    }

    [Theory]
    [InlineData(ModelBundle.ManifestFile, "is empty, or no file")]
    [InlineData(ModelBundle.EnvelopeFile, "is empty, or no file")]
    [InlineData(ModelBundle.ModelFile, "has 0 bytes")]
    public async Task Open_PipeInPlaceOfAFile_IsRefusedAndNotWaitedFor(string file, string expected)
    {
        File.Delete(_folder.FileOf(file));
        await MakePipeAsync(_folder.FileOf(file));

        var opening = Task.Run(() => ModelBundle.Open(_folder.Path), TestContext.Current.CancellationToken);

        var refused = await Should.ThrowAsync<ModelBundleException>(() => opening.WaitAsync(Eventually.Timeout, TestContext.Current.CancellationToken));
        refused.Message.ShouldContain($"'{file}'");
        refused.Message.ShouldContain(expected);
    }

    [Fact]
    public void Open_AnyByteOfTheManifestChanged_IsRefusedOrAnotherModel()
    {
        var manifest = _folder.FileOf(ModelBundle.ManifestFile);
        var digest = ModelBundle.Open(_folder.Path).Digest;
        var bytes = File.ReadAllBytes(manifest);
        for (var position = 0; position < bytes.Length; position += 7)
        {
            bytes[position] ^= 0x01;
            File.WriteAllBytes(manifest, bytes);
            try
            {
                ModelBundle.Open(_folder.Path).Digest.ShouldNotBe(digest);
            }
            catch (ModelBundleException exception)
            {
                exception.Message.ShouldNotBeNullOrWhiteSpace();
            }

            bytes[position] ^= 0x01;
        }
    }

    [Theory]
    [InlineData(ModelBundle.ManifestFile)]
    [InlineData(ModelBundle.ModelFile)]
    [InlineData(ModelBundle.TextFile)]
    public void Open_FileMissing_IsRefusedByName(string file)
    {
        File.Delete(_folder.FileOf(file));

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain(file);
    }

    [Fact]
    public void Open_FileCutShort_IsRefusedWithBothSizes()
    {
        using (var stream = File.OpenWrite(_folder.FileOf(ModelBundle.ModelFile)))
        {
            stream.SetLength(100);
        }

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("100 bytes");
    }

    [Theory]
    [InlineData("model.onnx.data")]
    [InlineData("probes/other.png")]
    [InlineData("run")]
    [InlineData("probes/run/checkpoint")]
    public void Open_UnlistedFile_IsRefused(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.FileOf(file))!);
        File.WriteAllText(_folder.FileOf(file), "x");

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain($"'{file}' is not listed");
    }

    [Fact]
    public void Open_FilesOfTheTrainingRun_AreNoneOfTheBundle()
    {
        Directory.CreateDirectory(_folder.FileOf("run/checkpoint"));
        File.WriteAllText(_folder.FileOf("run/checkpoint/state.json"), "{}");

        ModelBundle.Open(_folder.Path).Manifest.Files.ShouldNotContain(f => f.Path.StartsWith("run/", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_SignatureEnvelope_IsNoUnlistedFile()
    {
        File.WriteAllText(_folder.FileOf(ModelBundle.EnvelopeFile), "{}");

        ModelBundle.Open(_folder.Path).ShouldNotBeNull();
    }

    [Fact]
    public void Open_LinkInPlaceOfAFile_IsRefused()
    {
        var model = _folder.FileOf(ModelBundle.ModelFile);
        File.Move(model, _folder.Path + ".elsewhere");
        File.CreateSymbolicLink(model, _folder.Path + ".elsewhere");

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("link");
    }

    [Theory]
    [InlineData("../model.onnx")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("./model.onnx")]
    [InlineData("a\\b")]
    [InlineData("")]
    public void Open_PathThatLeavesTheBundle_IsRefused(string path)
    {
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with { Files = [.. manifest.Files, new BundleFile(path, new string('0', 64), 1, "text/plain")] });

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("not a relative path below the bundle");
    }

    [Theory]
    [InlineData("manifest.json", "path 'manifest.json' stands where manifest.json does")]
    [InlineData("manifest.json/x", "path 'manifest.json/x' stands where manifest.json does")]
    [InlineData("manifest.dsse/x", "path 'manifest.dsse/x' stands where manifest.dsse does")]
    [InlineData("run", "path 'run' stands in run")]
    [InlineData("run/x", "path 'run/x' stands in run")]
    [InlineData("a\nb", "path 'a\\u000ab' has a character that is not seen")]
    [InlineData("a\u2028b", "path 'a\\u2028b' has a character that is not seen")]
    [InlineData("model.onnx/a/b", "'model.onnx/a/b' lies below 'model.onnx', which is listed as a file")]
    public void Open_PathThatIsTakenOrCannotBeShown_IsRefusedInOneLine(string path, string expected)
    {
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with { Files = [.. manifest.Files, new BundleFile(path, new string('0', 64), 1, "text/plain")] });

        var message = Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message;

        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void Open_FilesInOneFolderAndWithOneBeginning_AreTaken()
    {
        _folder.Add("probes.json", [1]);
        Directory.CreateDirectory(_folder.FileOf("runs"));
        _folder.Add("runs/manifest.json", [1]);

        ModelBundle.Open(_folder.Path).Manifest.Files.Select(file => file.Path).ShouldContain("runs/manifest.json");
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(0.26)]
    [InlineData(1e9)]
    public void Open_ProbesOfAToleranceThatProvesNothing_IsRefused(double tolerance)
    {
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with { Probes = manifest.Probes! with { Tolerance = tolerance } });

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("expected 0 to 0.25");
    }

    [Fact]
    public void Open_ManifestThatBreaksRules_NamesThemAll()
    {
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with
        {
            Stride = 30,
            OutputStride = 4,
            PixelThreshold = 1.5,
            RegionConfidence = new BundleRegionConfidence(1, -0.5, 2),
            Rows = [new BundleRow("nobody", "x", "text", -1)],
        });

        var message = Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message;

        message.ShouldContain("outputStride 4");
        message.ShouldContain("pixelThreshold 1.5");
        message.ShouldContain("regionConfidence 1, -0.5, 2");
        message.ShouldContain("'nobody'");
        message.ShouldContain("threshold -1");
    }

    [Fact]
    public void Open_NewerContract_SaysWhichIsRead()
    {
        _folder.WriteManifest(_folder.ReadManifest() with { ContractVersion = 2 });

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("contract 2");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"schemaVersion\": 1}")]
    [InlineData("not json")]
    public void Open_ManifestThatIsNone_IsRefused(string text)
    {
        File.WriteAllText(_folder.FileOf(ModelBundle.ManifestFile), text);

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain(ModelBundle.ManifestFile);
    }

    [Fact]
    public void Open_HugeManifest_IsNotRead()
    {
        using (var stream = File.OpenWrite(_folder.FileOf(ModelBundle.ManifestFile)))
        {
            stream.SetLength(1L << 30);
        }

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("at most");
    }

    [Fact]
    public void Open_TextRowOfTheLengthThatTheManifestSays_IsTaken()
    {
        _folder.Replace(ModelBundle.TextFile, SafetensorsFile.Write([new Float32Tensor("text", [1, 2], new[] { 3f, 4f })]));
        Lengthen(5);

        ModelBundle.Open(_folder.Path).Text.Values.ToArray().ShouldBe([3f, 4f]);

        foreach (var (length, expected) in new[] { (4.9, "row 0 has length 5; expected 4.9"), (1000.0, "row 0 has length 1000; expected 0.1 to 32") })
        {
            Lengthen(length);
            Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain(expected);
        }

        void Lengthen(double length)
        {
            var manifest = _folder.ReadManifest();
            _folder.WriteManifest(manifest with { Rows = [manifest.Rows[0] with { Length = length }] });
        }
    }

    [Fact]
    public void Open_TextRowsNotOfUnitLength_IsRefused()
    {
        _folder.Replace(ModelBundle.TextFile, SafetensorsFile.Write([new Float32Tensor("text", [1, 2], new[] { 1f, 1f })]));

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("row 0 has length");
    }

    [Fact]
    public void Open_MoreTextRowsThanTheManifest_IsRefused()
    {
        _folder.Replace(ModelBundle.TextFile, SafetensorsFile.Write([new Float32Tensor("text", [2, 1], new[] { 1f, 1f })]));

        Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path)).Message.ShouldContain("expected [1, D]");
    }

    [Fact]
    public void ReadManifest_ChangedSinceOpened_IsRefused()
    {
        var bundle = ModelBundle.Open(_folder.Path);
        bundle.ReadManifest().ShouldBe(File.ReadAllBytes(_folder.FileOf(ModelBundle.ManifestFile)));
        _folder.WriteManifest(_folder.ReadManifest() with { PixelThreshold = 0.6 });

        Should.Throw<ModelBundleException>(() => bundle.ReadManifest()).Message.ShouldContain($"it was opened with {bundle.Digest}");
    }

    [Fact]
    public void ReadFile_ChangedSinceOpened_IsRefused()
    {
        var bundle = ModelBundle.Open(_folder.Path);
        var bytes = File.ReadAllBytes(_folder.FileOf(ModelBundle.ModelFile));
        bytes[50] ^= 1;
        File.WriteAllBytes(_folder.FileOf(ModelBundle.ModelFile), bytes);

        Should.Throw<ModelBundleException>(() => bundle.ReadFile(ModelBundle.ModelFile)).Message.ShouldContain("SHA-256");
    }

    private static async Task MakePipeAsync(string path)
    {
        var mkfifo = ToolRequirement.Find("mkfifo", "apt-get install -y coreutils", out var missing);
        Assert.SkipWhen(mkfifo is null, missing);
        await using ToolProcess made = new(mkfifo!, [path]);
        (await made.WaitAsync()).ShouldBe(0, made.Output);
    }
}
