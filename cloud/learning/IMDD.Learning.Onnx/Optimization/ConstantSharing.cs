using System.Security.Cryptography;
using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Optimization;

/// <summary>Keeps constants of the same type, shape and content once, under the first one's name.</summary>
internal static class ConstantSharing
{
    public static void Run(OnnxGraph graph)
    {
        Dictionary<string, OnnxValue> first = new(StringComparer.Ordinal);
        Dictionary<OnnxValue, OnnxValue> replaced = [];
        foreach (var constant in graph.Constants)
        {
            var tensor = constant.Constant!;
            var key = $"{tensor} {Convert.ToHexString(SHA256.HashData(tensor.Bytes.Span))}";
            if (!first.TryAdd(key, constant))
            {
                replaced.Add(constant, first[key]);
            }
        }

        foreach (var node in graph.Nodes)
        {
            for (var index = 0; index < node.Inputs.Length; index++)
            {
                if (node.Inputs[index] is { } input && replaced.TryGetValue(input, out var kept))
                {
                    node.Inputs[index] = kept;
                }
            }
        }

        graph.Constants.RemoveAll(replaced.ContainsKey);
    }
}
