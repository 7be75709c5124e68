using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Running;

namespace IMDD.Learning.Onnx.Quantization;

/// <summary>Runs a model over the calibration data and chooses a range for each of some activations.</summary>
internal static class ActivationCalibrator
{
    /// <exception cref="OnnxGraphException">No data, or an activation that is not a finite number.</exception>
    public static IReadOnlyDictionary<string, ActivationRange> Run(OnnxModel model, IReadOnlyList<OnnxValue> activations, CalibrationReader data, Int8Options options)
    {
        using OnnxRunner runner = new(Exposing(model, activations));
        var extremes = Extremes(runner, activations, data);
        if (options.Method == CalibrationMethod.MinMax)
        {
            return extremes.ToDictionary(
                entry => entry.Key, entry => new ActivationRange(Math.Min(entry.Value.Low, 0), Math.Max(entry.Value.High, 0)), StringComparer.Ordinal);
        }

        var histograms = extremes.ToDictionary(entry => entry.Key, entry => new ActivationHistogram(entry.Value.Low, entry.Value.High), StringComparer.Ordinal);
        var isEmpty = histograms.Count > 0;
        foreach (var inputs in data())
        {
            isEmpty = false;
            var outputs = runner.Run(inputs);
            foreach (var (name, histogram) in histograms)
            {
                histogram.Add(Values(name, inputs, outputs));
            }
        }

        if (isEmpty)
        {
            throw new OnnxGraphException("The calibration data gave nothing on the second pass over it; expected the same as on the first.");
        }

        return histograms.ToDictionary(
            entry => entry.Key,
            entry => options.Method == CalibrationMethod.Percentile ? entry.Value.Percentile(options.Percentile) : entry.Value.Entropy(),
            StringComparer.Ordinal);
    }

    private static Dictionary<string, (float Low, float High)> Extremes(OnnxRunner runner, IReadOnlyList<OnnxValue> activations, CalibrationReader data)
    {
        Dictionary<string, (float Low, float High)> extremes = new(StringComparer.Ordinal);
        foreach (var inputs in data())
        {
            var outputs = runner.Run(inputs);
            foreach (var activation in activations)
            {
                var (low, high) = extremes.GetValueOrDefault(activation.Name, (float.PositiveInfinity, float.NegativeInfinity));
                foreach (var value in Values(activation.Name, inputs, outputs))
                {
                    if (!float.IsFinite(value))
                    {
                        throw new OnnxGraphException($"Activation '{activation.Name}' is {value} on the calibration data; expected finite numbers.");
                    }

                    (low, high) = (Math.Min(low, value), Math.Max(high, value));
                }

                extremes[activation.Name] = (low, high);
            }
        }

        return extremes.Count > 0 || activations.Count == 0 ? extremes : throw new OnnxGraphException("There is no calibration data.");
    }

    /// <summary>An activation of a run; an input of the model is one as it is.</summary>
    private static ReadOnlySpan<float> Values(
        string name, IReadOnlyDictionary<string, OnnxTensor> inputs, IReadOnlyDictionary<string, OnnxTensor> outputs)
        => (outputs.GetValueOrDefault(name) ?? inputs[name]).As<float>();

    /// <summary>The model with its activations as outputs.</summary>
    private static OnnxModel Exposing(OnnxModel model, IReadOnlyList<OnnxValue> activations)
    {
        var graph = model.Graph.Clone();
        HashSet<string> known = [.. graph.Outputs.Concat(graph.Inputs).Select(value => value.Name)];
        var byName = graph.Nodes.SelectMany(node => node.Outputs).ToDictionary(value => value.Name, StringComparer.Ordinal);
        graph.Outputs.AddRange(activations.Where(activation => !known.Contains(activation.Name)).Select(activation => byName[activation.Name]));
        return new OnnxModel(graph, model.Info);
    }
}
