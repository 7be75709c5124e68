using IMDD.Inference.Bundles;
using IMDD.Testing;

namespace IMDD.Inference.Tests;

/// <summary>What the execution providers are told; they themselves are not in this build.</summary>
public sealed class ProviderSettingsTests : IDisposable
{
    private static readonly string Digest = "sha256:" + new string('a', 64);
    private static readonly SegmenterOptions TensorRt = new() { ExecutionProvider = ExecutionProviders.TensorRt };
    private readonly BundleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "0")]
    [InlineData(true, "1")]
    public void Cuda_Options_AreItsSettings(bool graphs, string expected)
        => ProviderSettings.Cuda(new SegmenterOptions { ExecutionProvider = ExecutionProviders.Cuda, DeviceId = 3, CudaGraphs = graphs }).ShouldBe(
            new Dictionary<string, string> { ["device_id"] = "3", ["enable_cuda_graph"] = expected }, ignoreOrder: true);

    [Fact]
    public void TensorRt_WithoutCacheAndSizes_LeavesBothToTheProvider()
        => ProviderSettings.TensorRt(TensorRt with { Fp16 = true }, _folder.ReadManifest(), Digest, rowLength: 64, probes: []).ShouldBe(
            new Dictionary<string, string> { ["device_id"] = "0", ["trt_fp16_enable"] = "1" }, ignoreOrder: true);

    [Fact]
    public void TensorRt_EngineCache_IsAFolderOfTheModelsDigestAndOfTheProfile()
    {
        using TestDirectory directory = new();
        var options = TensorRt with { EngineCacheDirectory = directory.File("engines") };

        var settings = ProviderSettings.TensorRt(options, _folder.ReadManifest(), Digest, rowLength: 64, probes: []);

        var model = directory.File("engines/sha256-" + new string('a', 64));
        var folder = Path.Combine(model, "any");
        settings["trt_engine_cache_enable"].ShouldBe("1");
        settings["trt_engine_cache_path"].ShouldBe(folder);
        settings["trt_timing_cache_enable"].ShouldBe("1");
        settings["trt_timing_cache_path"].ShouldBe(model, "times of kernels hold for other shapes, too");
        settings["trt_fp16_enable"].ShouldBe("0");

        var (one, again, other) = (FolderFor(640, 8), FolderFor(640, 8), FolderFor(640, 1));
        Path.GetDirectoryName(one).ShouldBe(model);
        again.ShouldBe(one);
        other.ShouldNotBe(one, "an engine of another profile is made anew in its place");

        string FolderFor(int side, int batch) => ProviderSettings.TensorRt(
            options with { Engine = new EngineProfile([(side, side)], batch) }, _folder.ReadManifest(), Digest, rowLength: 64, probes: [])["trt_engine_cache_path"];
    }

    [Fact]
    public void TensorRt_WarmUpSizesAlone_AreNoRangeThatRefusesOthers()
        => ProviderSettings.TensorRt(TensorRt with { WarmUpSizes = [(256, 256)] }, _folder.ReadManifest(), Digest, rowLength: 64, probes: [(64, 64)]).Keys.ShouldBe(
            ["device_id", "trt_fp16_enable"], ignoreOrder: true);

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, ",reference:{0}")]
    public void TensorRt_Engine_IsItsRangeInMultiplesOfTheStride(bool takesReference, string reference)
    {
        TestModel.Write(_folder, takesReference);
        var options = TensorRt with { MaxBatch = 1, Engine = new EngineProfile([(638, 510), (320, 1022)], MaxBatch: 8) };

        var settings = ProviderSettings.TensorRt(options, _folder.ReadManifest(), Digest, rowLength: 64, probes: []);

        settings["trt_profile_min_shapes"].ShouldBe(Shapes("1x512x320x3"));
        settings["trt_profile_opt_shapes"].ShouldBe(Shapes("8x1024x640x3"));
        settings["trt_profile_max_shapes"].ShouldBe(Shapes("8x1024x640x3"));

        string Shapes(string picture) => $"image:{picture},text:2x64" + string.Format(System.Globalization.CultureInfo.InvariantCulture, reference, picture);
    }

    [Fact]
    public void TensorRt_ProbesOutsideTheEnginesSizes_AreWithinItsRange()
    {
        var options = TensorRt with { Engine = new EngineProfile([(1280, 1024)], MaxBatch: 8) };

        var settings = ProviderSettings.TensorRt(options, _folder.ReadManifest(), Digest, rowLength: 64, probes: [(120, 128), (64, 2048)]);

        settings["trt_profile_min_shapes"].ShouldStartWith("image:1x128x64x3,");
        settings["trt_profile_opt_shapes"].ShouldStartWith("image:8x1024x1280x3,", customMessage: "what the line shows is what the engine is made for");
        settings["trt_profile_max_shapes"].ShouldStartWith("image:8x2048x1280x3,");
    }

    [Theory]
    [InlineData(ExecutionProviders.Cpu, "CudaGraphs, Fp16, EngineCacheDirectory")]
    [InlineData(ExecutionProviders.Cuda, "Fp16, EngineCacheDirectory")]
    [InlineData(ExecutionProviders.TensorRt, "CudaGraphs")]
    public void Problems_OptionsOfAnotherProvider_AreNamedAndStopTheStart(string provider, string expected)
    {
        SegmenterOptions options = new() { ExecutionProvider = provider, CudaGraphs = true, Fp16 = true, EngineCacheDirectory = "engines" };

        string.Join(", ", options.Problems().Select(p => p.Option)).ShouldBe(expected);
        var error = Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), options)).Message;
        error.ShouldContain($"the one asked for is '{provider}'");
        Array.ForEach(expected.Split(", "), option => error.ShouldContain(option));
    }

    [Fact]
    public void Problems_Defaults_HaveNone() => new SegmenterOptions().Problems().ShouldBeEmpty();
}
