using Google.Protobuf;
using IMDD.Learning.Onnx.Protos;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>A named constant of a node.</summary>
public sealed class OnnxAttribute
{
    // AttributeProto.AttributeType.
    private const int FloatType = 1;
    private const int IntType = 2;
    private const int StringType = 3;
    private const int IntsType = 7;

    private OnnxAttribute(AttributeProto proto) => Proto = proto;

    public string Name => Proto.Name;

    internal AttributeProto Proto { get; }

    public static OnnxAttribute Float(string name, float value) => new(new AttributeProto { Name = name, F = value, Type = FloatType });

    public static OnnxAttribute Int(string name, long value) => new(new AttributeProto { Name = name, I = value, Type = IntType });

    public static OnnxAttribute Ints(string name, params ReadOnlySpan<long> values)
    {
        AttributeProto proto = new() { Name = name, Type = IntsType };
        foreach (var value in values)
        {
            proto.Ints.Add(value);
        }

        return new OnnxAttribute(proto);
    }

    public static OnnxAttribute Text(string name, string value)
        => new(new AttributeProto { Name = name, S = ByteString.CopyFromUtf8(value), Type = StringType });
}
