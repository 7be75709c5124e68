using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Optimization;

/// <summary>
/// Puts a batch normalisation into the layer before it: with s = γ / √(σ² + ε), weights become s·w and the bias s·(b − μ) + β, computed in
/// double precision (Ioffe and Szegedy 2015, section 3.1; at inference the statistics are constants).
/// </summary>
internal static class BatchNormalizationFolding
{
    private const float DefaultEpsilon = 1e-5f;

    public static void Run(OnnxGraph graph)
    {
        var uses = graph.CountUses();
        foreach (var normalization in graph.Nodes.Where(node => node.Op == "BatchNormalization").ToList())
        {
            if (!normalization.Inputs.Skip(1).All(input => input?.Constant is { Type: OnnxElementType.Float }))
            {
                continue;
            }

            // s (a + b − μ) + β = s a + (s (b − μ) + β): of a sum of layers, the last takes the shift.
            List<(OnnxNode User, int Index)> terms = [];
            if (!Collect(normalization, 0, uses, terms) || !terms.All(term => IsFoldable(term.User.Inputs[term.Index]!, normalization)))
            {
                continue;
            }

            foreach (var (index, (user, input)) in terms.Index())
            {
                var folded = Fold(graph, user.Inputs[input]!.Producer!, normalization, takesShift: index == terms.Count - 1).Outputs[0];
                user.Inputs[input] = folded;

                // A normalisation of a sum that this one is in meets it again.
                uses[folded] = 1;
            }

            // The normalisation's value lives on as what was normalised, so that whoever takes it, and an output's name, stay as they are.
            OnnxGraph.Rebind(normalization.Inputs[0]!.Producer!, normalization.Outputs[0]);
            graph.Nodes.Remove(normalization);
        }
    }

    /// <summary>Finds the terms whose sum an input of a node is; false where something else takes a part of it.</summary>
    private static bool Collect(OnnxNode user, int index, Dictionary<OnnxValue, int> uses, List<(OnnxNode User, int Index)> terms)
    {
        if (user.Inputs[index] is not { Producer: { } producer } value || uses[value] != 1)
        {
            return false;
        }

        if (producer.Op == "Add")
        {
            return Collect(producer, 0, uses, terms) && Collect(producer, 1, uses, terms);
        }

        terms.Add((user, index));
        return true;
    }

    // A term of fewer dimensions is added along the last ones: what it counts is not the channels.
    private static bool IsFoldable(OnnxValue term, OnnxNode normalization) => term.Producer is { } layer
        && OutputAxis(layer) is var (axis, groups)
        && term.Shape.Rank == normalization.Outputs[0].Shape.Rank
        && layer.Inputs[1]?.Constant is { Type: OnnxElementType.Float } weights
        && weights.Dimensions[axis] * groups == normalization.Inputs[1]!.Constant!.Count
        && (layer.Inputs.ElementAtOrDefault(2) is not { } bias || bias.Constant is not null);

    /// <summary>The axis of a layer's weights that counts its outputs, as (axis, groups that repeat it); null for other layers.</summary>
    private static (int Axis, long Groups)? OutputAxis(OnnxNode layer) => layer.Op switch
    {
        "Conv" => (0, 1),
        "ConvTranspose" => (1, layer.Int("group", 1)),
        "Gemm" when layer.Int("transA", 0) == 0 && layer.Float("alpha", 1) == 1 && layer.Float("beta", 1) == 1 => (layer.Int("transB", 0) == 0 ? 1 : 0, 1),
        _ => null,
    };

    private static OnnxNode Fold(OnnxGraph graph, OnnxNode layer, OnnxNode normalization, bool takesShift)
    {
        var output = OutputAxis(layer)!.Value;
        var weights = layer.Inputs[1]!.Constant!;
        double[][] parameters = [.. normalization.Inputs.Skip(1).Select(input => input!.Constant!.As<float>().ToArray().Select(value => (double)value).ToArray())];
        var (gamma, beta, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3]);
        var epsilon = normalization.Float("epsilon", DefaultEpsilon);
        double[] scale = [.. gamma.Select((value, channel) => value / Math.Sqrt(variance[channel] + epsilon))];
        var bias = layer.Inputs.ElementAtOrDefault(2)?.Constant!.ToSingles() ?? new float[scale.Length];
        float[] foldedBias = [.. scale.Select((value, channel) => Shift(value, bias[bias.Length == 1 ? 0 : channel], channel))];
        var foldedWeights = graph.AddConstant(layer.Inputs[1]!.Name + "/folded", Scale(weights, scale, output));
        var foldedBiases = graph.AddConstant(layer.Name + "/bias/folded", OnnxTensor.Of<float>(foldedBias, foldedBias.Length));
        var folded = graph.AddNode(
            layer.Name,
            layer.Op,
            layer.Domain,
            [layer.Inputs[0], foldedWeights, foldedBiases],
            [(layer.Outputs[0].Type, layer.Outputs[0].Shape)],
            layer.Attributes,
            graph.Nodes.IndexOf(layer));
        graph.Nodes.Remove(layer);
        return folded;

        float Shift(double factor, float own, int channel) => (float)(takesShift ? (factor * (own - mean[channel])) + beta[channel] : factor * own);
    }

    private static OnnxTensor Scale(OnnxTensor weights, double[] scale, (int Axis, long Groups) output)
    {
        var source = weights.As<float>();
        var scaled = new float[source.Length];
        long inner = 1;
        for (var axis = output.Axis + 1; axis < weights.Dimensions.Count; axis++)
        {
            inner *= weights.Dimensions[axis];
        }

        var length = weights.Dimensions[output.Axis];
        var perGroup = source.Length / output.Groups;
        for (var index = 0; index < source.Length; index++)
        {
            // Of a grouped transposed convolution the outputs of group g follow those of group g − 1.
            var channel = (index / inner % length) + (output.Groups == 1 ? 0 : index / perGroup * length);
            scaled[index] = (float)(source[index] * scale[channel]);
        }

        return OnnxTensor.Of<float>(scaled, [.. weights.Dimensions]);
    }
}
