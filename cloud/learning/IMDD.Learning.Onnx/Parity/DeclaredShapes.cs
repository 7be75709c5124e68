using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Protos;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>What a model's file says of the shapes that go in and come out.</summary>
/// <param name="Inputs">By name: for each dimension a number, an expression of symbols such as <c>H/2</c>, or <see cref="Unknown"/>. One without a shape is left out.</param>
/// <param name="Outputs">The same.</param>
internal sealed record DeclaredShapes(IReadOnlyDictionary<string, string[]> Inputs, IReadOnlyDictionary<string, string[]> Outputs)
{
    /// <summary>A dimension of which nothing is said.</summary>
    public const string Unknown = "?";

    // Passes over nodes and weights, of which there may be more than memory holds.
    private static readonly MessageParser<ModelInterfaceProto> Parser = ModelInterfaceProto.Parser.WithDiscardUnknownFields(true);

    public static DeclaredShapes Of(OnnxModel model) => new(Shapes(model.Inputs), Shapes(model.Outputs));

    /// <exception cref="OnnxGraphException">Not a model.</exception>
    public static DeclaredShapes Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            var graph = Parser.ParseFrom(stream).Graph ?? new GraphInterfaceProto();
            return new DeclaredShapes(Shapes(graph.Input), Shapes(graph.Output));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OnnxGraphException($"{path}: not an ONNX model: {exception.Message}", exception);
        }
    }

    /// <summary>A shape as it is written in messages.</summary>
    public static string Text(IReadOnlyList<string> shape) => $"[{string.Join(", ", shape)}]";

    private static Dictionary<string, string[]> Shapes(IReadOnlyList<OnnxValue> values)
        => values.ToDictionary(value => value.Name, value => value.Shape.Select(dimension => dimension.ToString()).ToArray(), StringComparer.Ordinal);

    private static Dictionary<string, string[]> Shapes(RepeatedField<ValueInfoProto> values) => values
        .Where(value => value.Type?.TensorType?.Shape is not null)
        .ToDictionary(value => value.Name, value => value.Type.TensorType.Shape.Dim.Select(Length).ToArray(), StringComparer.Ordinal);

    private static string Length(DimensionProto dimension) => dimension.ValueCase switch
    {
        DimensionProto.ValueOneofCase.DimValue when dimension.DimValue >= 0 => dimension.DimValue.ToString(CultureInfo.InvariantCulture),
        DimensionProto.ValueOneofCase.DimParam when dimension.DimParam.Length > 0 => dimension.DimParam,
        _ => Unknown,
    };
}
