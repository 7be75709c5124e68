using System.Text;

namespace IMDD.Inference;

/// <summary>
/// The files that the tensors of an ONNX graph say their numbers are in (<c>TensorProto.external_data</c>, onnx.proto). The runtime opens whatever is written
/// there, so it is looked at first. Reads no numbers, and keeps nothing but names.
/// </summary>
internal static class ExternalWeights
{
    private const int MaxDepth = 100;
    private const int LengthDelimited = 2;
    private const int OperatorField = 4;
    private const string Location = "location";

    private static ReadOnlySpan<byte> Engine => "EPContext"u8;

    private enum Message
    {
        Model,
        Training,
        Function,
        Graph,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
        ExternalEntry,
    }

    /// <summary>The locations, as the graph writes them, each once.</summary>
    /// <param name="model">A serialised ModelProto.</param>
    /// <exception cref="InvalidDataException">It is none, or has nodes that name files of their own.</exception>
    public static IReadOnlySet<string> Of(ReadOnlySpan<byte> model)
    {
        HashSet<string> locations = new(StringComparer.Ordinal);
        Walk(model, Message.Model, locations, depth: 0);
        return locations;
    }

    private static void Walk(ReadOnlySpan<byte> bytes, Message message, HashSet<string> locations, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Malformed("its parts lie deeper in each other than the runtime reads");
        }

        var (key, value) = ("", "");
        while (bytes.Length > 0)
        {
            // The runtime reads a longer tag as one of 32 bits, and so as another field.
            var tag = Varint(ref bytes) is var read and <= uint.MaxValue ? read : throw Malformed("a field has more bits than there are");
            var (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            if (wire != LengthDelimited)
            {
                Skip(ref bytes, wire);
                continue;
            }

            var content = Take(ref bytes, Varint(ref bytes));
            if (message == Message.ExternalEntry)
            {
                (key, value) = field switch
                {
                    1 => (Encoding.UTF8.GetString(content), value),
                    2 => (key, Encoding.UTF8.GetString(content)),
                    _ => (key, value),
                };
            }
            else if (message == Message.Node && field == OperatorField && content.SequenceEqual(Engine))
            {
                throw new InvalidDataException("it has a node EPContext, which is an engine that a provider compiled, in a file that it names: expected the graph itself.");
            }
            else if (Within(message, field) is { } part)
            {
                Walk(content, part, locations, depth + 1);
            }
        }

        if (key == Location)
        {
            locations.Add(value);
        }
    }

    /// <summary>What a field holds in which a tensor may be; null: nothing of the kind.</summary>
    private static Message? Within(Message message, int field) => (message, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 20) => Message.Training,
        (Message.Model, 25) => Message.Function,
        (Message.Training, 1 or 2) => Message.Graph,
        (Message.Function, 7) => Message.Node,
        (Message.Function, 11) => Message.Attribute,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 15) => Message.SparseTensor,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.SparseTensor, 1 or 2) => Message.Tensor,
        (Message.Tensor, 13) => Message.ExternalEntry,
        _ => null,
    };

    private static void Skip(ref ReadOnlySpan<byte> bytes, int wire)
    {
        switch (wire)
        {
            case 0:
                Varint(ref bytes);
                break;
            case 1:
                Take(ref bytes, sizeof(ulong));
                break;
            case 5:
                Take(ref bytes, sizeof(uint));
                break;
            default:
                throw Malformed($"wire type {wire} is none of its");
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
        {
            throw Malformed($"a part of {length} bytes lies in {bytes.Length}");
        }

        var content = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return content;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < Math.Min(bytes.Length, 10); i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw Malformed("a number does not end");
    }

    private static InvalidDataException Malformed(string reason) => new($"it is no ONNX model: {reason}.");
}
