using System.Globalization;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Graph;
using IMDD.Safetensors;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>
/// Probes as one safetensors file, so that they travel with the model: tensors <c>{number}/{probe}/in/{input}</c> and
/// <c>{number}/{probe}/out/{output}</c>. All numbers stand as 32-bit floats; whole numbers must fit, and get their type back from the model.
/// </summary>
public static class OnnxProbeFile
{
    private const char Separator = '/';
    private const string In = "in";
    private const string Out = "out";

    /// <exception cref="OnnxGraphException">A name holds a slash, or a whole number does not fit into a float.</exception>
    public static byte[] Write(IReadOnlyList<OnnxProbe> probes) => SafetensorsFile.Write(
    [
        .. probes.SelectMany((probe, number) => Tensors(number, probe, In, probe.Inputs).Concat(Tensors(number, probe, Out, probe.Outputs))),
    ]);

    /// <summary>The probes of a file, typed as the model's inputs and outputs are.</summary>
    /// <exception cref="OnnxGraphException">A tensor that the model does not know, or a probe without all of them.</exception>
    /// <exception cref="SafetensorsException">Malformed.</exception>
    public static IReadOnlyList<OnnxProbe> Read(ReadOnlySpan<byte> file, OnnxModel model)
    {
        Dictionary<string, OnnxElementType> types = new(StringComparer.Ordinal);
        foreach (var (kind, value) in model.Inputs.Select(value => (In, value)).Concat(model.Outputs.Select(value => (Out, value))))
        {
            types.Add(kind + Separator + value.Name, value.Type);
        }

        SortedDictionary<(int Number, string Name), Dictionary<string, OnnxTensor>> probes = [];
        foreach (var (key, tensor) in SafetensorsFile.Read(file))
        {
            var parts = key.Split(Separator, 3);
            if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !types.TryGetValue(parts[2], out var type))
            {
                throw new OnnxGraphException($"Probe tensor '{key}' is not NUMBER/PROBE/in/INPUT or NUMBER/PROBE/out/OUTPUT of the model.");
            }

            probes.TryAdd((number, parts[1]), new Dictionary<string, OnnxTensor>(StringComparer.Ordinal));
            probes[(number, parts[1])].Add(parts[2], OnnxTensor.Of(tensor.Values.Span, [.. tensor.Shape.Select(length => (long)length)]).Cast(type));
        }

        foreach (var (probe, tensors) in probes)
        {
            if (types.Keys.FirstOrDefault(key => !tensors.ContainsKey(key)) is { } missing)
            {
                throw new OnnxGraphException($"Probe '{probe.Name}' has no tensor '{missing}'.");
            }
        }

        return [.. probes.Select(probe => new OnnxProbe(probe.Key.Name, Of(In, probe.Value), Of(Out, probe.Value)))];
    }

    private static IEnumerable<Float32Tensor> Tensors(int number, OnnxProbe probe, string kind, IReadOnlyDictionary<string, OnnxTensor> tensors)
    {
        if (probe.Name.Contains(Separator) || probe.Name.Length == 0)
        {
            throw new OnnxGraphException($"Probe name '{probe.Name}' must not be empty or hold '{Separator}'.");
        }

        foreach (var (name, tensor) in tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal))
        {
            var values = tensor.ToSingles();
            if (!OnnxTensor.Of<float>(values, [.. tensor.Dimensions]).Cast(tensor.Type).Bytes.Span.SequenceEqual(tensor.Bytes.Span))
            {
                throw new OnnxGraphException($"Tensor '{name}' of probe '{probe.Name}' has numbers that a 32-bit float does not hold.");
            }

            yield return new Float32Tensor(
                string.Join(Separator, number.ToString(CultureInfo.InvariantCulture), probe.Name, kind, name),
                [.. tensor.Dimensions.Select(length => (int)length)],
                values);
        }
    }

    private static Dictionary<string, OnnxTensor> Of(string kind, Dictionary<string, OnnxTensor> tensors)
    {
        var prefix = kind + Separator;
        return tensors.Where(tensor => tensor.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(tensor => tensor.Key[prefix.Length..], tensor => tensor.Value, StringComparer.Ordinal);
    }
}
