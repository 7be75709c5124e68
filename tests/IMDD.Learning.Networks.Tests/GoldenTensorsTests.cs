using IMDD.Safetensors;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

public sealed class GoldenTensorsTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ShouldMatch_NotANumberOnOneSide_Fails(float wrong)
    {
        using var golden = File("{}", 1, 2, 3);
        using var broken = File("{}", 1, wrong, 3);
        using var scope = NewDisposeScope();

        golden.ShouldMatch(tensor(new[] { 1f, 2, 3 }), "output.x");
        broken.ShouldMatch(tensor(new[] { 1f, wrong, 3 }), "output.x");
        Should.Throw<ShouldAssertException>(() => golden.ShouldMatch(tensor(new[] { 1f, wrong, 3 }), "output.x"));
        Should.Throw<ShouldAssertException>(() => broken.ShouldMatch(tensor(new[] { 1f, 2, 3 }), "output.x"));
    }

    [Fact]
    public void Fields_OneThatIsNotKnown_IsRefusedByName()
    {
        using var golden = File("""{"width": 3, "pre_norm": true}""", 1);

        golden.Fields("width", "pre_norm").GetProperty("width").GetInt32().ShouldBe(3);
        Should.Throw<ShouldAssertException>(() => golden.Fields("width")).Message.ShouldContain("pre_norm");
    }

    [Theory]
    [InlineData("1E-4 absolute", 1e-4)]
    [InlineData("2.5e-06", 2.5e-6)]
    [InlineData("0.001", 1e-3)]
    public void Tolerance_HoweverItIsWritten_IsRead(string written, double expected)
    {
        using var golden = File("{}", [1], written);

        golden.Tolerance.ShouldBe(expected);
    }

    [Fact]
    public void Tolerance_ThatIsNone_IsNamedWithItsFile()
        => Should.Throw<ShouldAssertException>(() => File("{}", [1], "close enough")).Message.ShouldContain("close enough");

    private GoldenTensors File(string configuration, params float[] values) => File(configuration, values, "0.001 absolute");

    private GoldenTensors File(string configuration, float[] values, string tolerance)
    {
        using var scope = NewDisposeScope();
        var path = _folder.File($"{Guid.NewGuid():N}.safetensors");
        SafetensorsWriter.Write(
            path,
            [IMDD.Learning.Networks.Weights.TensorFiles.ToStored("output.x", tensor(values).to(float16))],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["config"] = configuration, ["tolerance"] = tolerance });
        return GoldenTensors.OpenFile(path);
    }
}
