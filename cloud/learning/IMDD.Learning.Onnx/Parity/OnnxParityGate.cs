using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Running;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>
/// Compares an exported model, run by ONNX Runtime on the CPU both without and with optimisation of the graph, with what its network gave, and the shapes of
/// its outputs with those that it declares: a symbol is one number in all inputs and outputs of a run.
/// </summary>
public static class OnnxParityGate
{
    /// <summary>The comparison.</summary>
    /// <exception cref="OnnxGraphException">
    /// The model does not load or run, or gives other outputs, types or shapes than the probes have; or these have inputs of other shapes than it declares.
    /// </exception>
    public static ParityReport Check(OnnxModel model, IReadOnlyList<OnnxProbe> probes, ParityTolerance? tolerance = null)
        => Check(() => DeclaredShapes.Of(model), options => new OnnxRunner(model, options), probes, tolerance);

    /// <summary>The comparison of a model in a file, which may be too large for memory.</summary>
    /// <param name="path">The model's file; external data is looked for beside it.</param>
    /// <param name="probes">What the network gave.</param>
    /// <param name="tolerance">What is allowed.</param>
    /// <exception cref="OnnxGraphException">As of the other.</exception>
    public static ParityReport Check(string path, IReadOnlyList<OnnxProbe> probes, ParityTolerance? tolerance = null)
        => Check(() => DeclaredShapes.Read(path), options => new OnnxRunner(path, options), probes, tolerance);

    /// <summary>Lets only a model through that agrees.</summary>
    /// <exception cref="OnnxParityException">It does not agree; the message says where.</exception>
    public static ParityReport Require(OnnxModel model, IReadOnlyList<OnnxProbe> probes, ParityTolerance? tolerance = null)
        => Require(model.Graph.Name, Check(model, probes, tolerance));

    /// <summary>Lets only a model in a file through that agrees.</summary>
    /// <exception cref="OnnxParityException">It does not agree; the message says where.</exception>
    public static ParityReport Require(string path, IReadOnlyList<OnnxProbe> probes, ParityTolerance? tolerance = null)
        => Require(path, Check(path, probes, tolerance));

    private static ParityReport Require(string name, ParityReport report)
        => report.Passed ? report : throw new OnnxParityException($"Model '{name}' is not what it was exported from: {report}.");

    private static ParityReport Check(
        Func<DeclaredShapes> describe, Func<OnnxRunnerOptions, OnnxRunner> load, IReadOnlyList<OnnxProbe> probes, ParityTolerance? tolerance)
    {
        if (probes.Count == 0)
        {
            throw new OnnxGraphException("There are no probes to compare with.");
        }

        tolerance ??= new ParityTolerance();
        List<ParityResult> results = [];
        DeclaredShapes? declared = null;
        foreach (var optimize in new[] { false, true })
        {
            using var runner = load(new OnnxRunnerOptions { Optimize = optimize });
            declared ??= describe();
            foreach (var probe in probes)
            {
                if (probe.Outputs.Keys.Except(runner.OutputNames, StringComparer.Ordinal).Order(StringComparer.Ordinal).FirstOrDefault() is { } missing)
                {
                    throw new OnnxGraphException($"The model has no output '{missing}'; probe '{probe.Name}' has {probe.Outputs[missing]} of it.");
                }

                var outputs = runner.Run(probe.Inputs);
                var numbers = Bind(declared, probe);
                foreach (var name in runner.OutputNames)
                {
                    results.Add(OfDeclaredShape(declared, numbers, Compare(probe, name, outputs[name], tolerance)));
                }
            }
        }

        return new ParityReport(tolerance, results);
    }

    /// <summary>What the symbols stand for by the inputs.</summary>
    private static SymbolNumbers Bind(DeclaredShapes declared, OnnxProbe probe)
    {
        SymbolNumbers numbers = new();
        foreach (var (name, shape) in declared.Inputs)
        {
            if (probe.Inputs.TryGetValue(name, out var input) && !numbers.Agree(shape, input.Dimensions))
            {
                throw new OnnxGraphException(
                    $"Input '{name}' is declared {DeclaredShapes.Text(shape)}, where a symbol is one number in all inputs; probe '{probe.Name}' has {input} of it.");
            }
        }

        return numbers;
    }

    private static ParityResult OfDeclaredShape(DeclaredShapes declared, SymbolNumbers numbers, ParityResult result)
        => declared.Outputs.TryGetValue(result.Output, out var shape) && !numbers.Agree(shape, result.Shape)
            ? result with { Passed = false, DeclaredShape = DeclaredShapes.Text(shape) }
            : result;

    private static ParityResult Compare(OnnxProbe probe, string name, OnnxTensor actual, ParityTolerance tolerance)
    {
        if (!probe.Outputs.TryGetValue(name, out var expected) || expected.Type != actual.Type || !expected.Dimensions.SequenceEqual(actual.Dimensions))
        {
            throw new OnnxGraphException($"Output '{name}' is {actual}; probe '{probe.Name}' has {expected?.ToString() ?? "none"} of it.");
        }

        if (actual.Type is not (OnnxElementType.Float or OnnxElementType.Float16))
        {
            return CompareWhole(probe, name, actual, expected, tolerance);
        }

        var (a, b) = (actual.ToSingles(), expected.ToSingles());
        double difference = 0, error = 0;
        long at = 0;
        for (var index = 0; index < a.Length; index++)
        {
            // The same infinity on both sides agrees; nothing agrees with a NaN.
            var distance = a[index] == b[index] ? 0 : Math.Abs((double)a[index] - b[index]);
            distance = double.IsNaN(distance) ? double.PositiveInfinity : distance;
            difference = Math.Max(difference, distance);
            var relative = distance == 0 ? 0 : distance / Math.Max(1, Math.Abs((double)b[index]));
            relative = double.IsNaN(relative) ? double.PositiveInfinity : relative;
            if (relative > error)
            {
                (error, at) = (relative, index);
            }
        }

        return new ParityResult(probe.Name, name, actual.Dimensions, difference, error, at, error <= tolerance.Absolute);
    }

    /// <summary>Whole numbers and truth values, as they are: beyond 2²⁴ not every one is a float.</summary>
    private static ParityResult CompareWhole(OnnxProbe probe, string name, OnnxTensor actual, OnnxTensor expected, ParityTolerance tolerance)
    {
        var (a, b) = (actual.ToWhole(), expected.ToWhole());
        double difference = 0;
        long at = 0, differing = 0;
        for (var index = 0; index < a.Length; index++)
        {
            var distance = (double)Int128.Abs((Int128)a[index] - b[index]);
            differing += distance > 0 ? 1 : 0;
            (difference, at) = distance > difference ? (distance, index) : (difference, at);
        }

        var error = a.Length == 0 ? 0 : (double)differing / a.Length;
        return new ParityResult(probe.Name, name, actual.Dimensions, difference, error, at, error <= tolerance.DifferingShare);
    }
}
