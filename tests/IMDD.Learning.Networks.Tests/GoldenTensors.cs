using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Files;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

/// <summary>A file of reference weights (<c>weights.*</c>), inputs and outputs.</summary>
public sealed partial class GoldenTensors : IDisposable
{
    private readonly double[] _tolerances;

    private GoldenTensors(WeightFiles files)
    {
        Files = files;
        _tolerances = [.. Numbers().Matches(files.Metadata["tolerance"]).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
        _tolerances.ShouldNotBeEmpty($"{files.Origin}: a tolerance such as 1e-4 or 0.001, not '{files.Metadata["tolerance"]}'");
    }

    public WeightFiles Files { get; }

    /// <summary>The file's own configuration.</summary>
    public string Configuration => Files.Metadata["config"];

    /// <summary>The first tolerance that the file names, absolute.</summary>
    public double Tolerance => _tolerances[0];

    /// <summary>The last one: for what is the work of many steps, where the file tells them apart.</summary>
    public double TrajectoryTolerance => _tolerances[^1];

    /// <summary>The names of the files of a kind, one test case each.</summary>
    public static TheoryData<string> Cases(string pattern) => [.. GoldenFolder.Files(pattern)];

    /// <summary>Opens a file, or skips where the default folder is absent.</summary>
    public static GoldenTensors Open(string name)
    {
        var path = GoldenFolder.Find(name, out var reason);
        Assert.SkipWhen(path is null, reason);
        return OpenFile(path!);
    }

    /// <summary>Opens a file at a path.</summary>
    public static GoldenTensors OpenFile(string path) => new(WeightFiles.OpenFile(path));

    /// <summary>A tensor in what the networks compute with: 32-bit floats and 64-bit whole numbers, however the file stores them.</summary>
    public Tensor this[string name]
    {
        get
        {
            using var stored = TensorFiles.Read(Files.Tensors[name]);
            return stored.to(stored.is_floating_point() ? float32 : int64, copy: true);
        }
    }

    /// <summary>The weights' names are those of <paramref name="inner"/>, behind the file's prefix.</summary>
    public static WeightNames Weights(WeightNames inner, string prefix = "weights.") => WeightNames.Behind(prefix, inner);

    /// <summary>
    /// The configuration's fields. One that is not among the known ones may change what is computed, so it is refused by its name instead of overlooked.
    /// </summary>
    public JsonElement Fields(params string[] known)
    {
        var fields = JsonDocument.Parse(Configuration).RootElement;
        fields.EnumerateObject().Select(field => field.Name).Except(known).ShouldBeEmpty($"fields of {Files.Origin} that are not known here");
        return fields;
    }

    /// <summary>Every output of the file is one of those that were compared.</summary>
    public void ShouldHaveNoOtherOutputs(params IEnumerable<string> compared)
        => Files.Tensors.Keys.Where(tensor => tensor.StartsWith("output.", StringComparison.Ordinal)).Except(compared).ShouldBeEmpty();

    /// <summary>Holds a result against a tensor of the file.</summary>
    public void ShouldMatch(Tensor actual, string name, double? tolerance = null)
    {
        using var scope = NewDisposeScope();
        var expected = this[name];
        actual.shape.ShouldBe(expected.shape, name);
        actual.ShouldBeWithin(expected, tolerance ?? Tolerance, name);
    }

    public void Dispose() => Files.Dispose();

    [GeneratedRegex(@"\d+(\.\d+)?[eE]-\d+|\b0\.\d+")]
    private static partial Regex Numbers();
}
