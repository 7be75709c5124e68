using System.Text.Json;

namespace IMDD.Safetensors;

/// <summary>Reads the header's JSON token by token, so that what a document model would repair or merge is seen: doubled keys, broken UTF-8.</summary>
internal static class HeaderJson
{
    public const string MetadataKey = "__metadata__";

    private const int MaxDimensions = 8;
    private const int MaxDepth = 4;

    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Read(ReadOnlySpan<byte> json, long dataLength)
    {
        try
        {
            return ReadObject(json, dataLength);
        }
        catch (JsonException exception)
        {
            throw new SafetensorsException(SafetensorsFault.Header, null, $"Header is not JSON: {exception.Message}", inner: exception);
        }
        catch (InvalidOperationException exception)
        {
            // The reader's answer to escapes that are half of a surrogate pair, and to bytes that are not UTF-8.
            throw new SafetensorsException(SafetensorsFault.Header, null, $"Header has a text that is not Unicode: {exception.Message}", inner: exception);
        }
    }

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) ReadObject(ReadOnlySpan<byte> json, long dataLength)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        List<SafetensorsEntry> entries = [];
        Dictionary<string, string>? metadata = null;
        HashSet<string> names = new(StringComparer.Ordinal);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new SafetensorsException(SafetensorsFault.Header, null, "Header is not a JSON object.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new SafetensorsException(SafetensorsFault.Duplicate, name, "is there twice.");
            }

            reader.Read();
            if (name == MetadataKey)
            {
                metadata = ReadMetadata(ref reader);
            }
            else
            {
                entries.Add(ReadEntry(ref reader, name, dataLength));
            }
        }

        // Throws where something follows the object; spaces may, they align the data.
        reader.Read();
        return (entries, metadata ?? []);
    }

    private static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new SafetensorsException(SafetensorsFault.Metadata, null, $"{MetadataKey} is {reader.TokenType}; expected an object of texts.");
        }

        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new SafetensorsException(SafetensorsFault.Metadata, null, $"{MetadataKey} has {reader.TokenType} at '{key}'; expected a text.");
            }

            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new SafetensorsException(SafetensorsFault.Metadata, null, $"{MetadataKey} has '{key}' twice.");
            }
        }

        return metadata;
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long dataLength)
    {
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var field = reader.GetString()!;
                reader.Read();
                var fresh = field switch
                {
                    "dtype" => type is null,
                    "shape" => shape is null,
                    "data_offsets" => offsets is null,
                    _ => throw new SafetensorsException(SafetensorsFault.Entry, name, $"has '{field}'; expected dtype, shape and data_offsets."),
                };
                if (!fresh)
                {
                    throw new SafetensorsException(SafetensorsFault.Entry, name, $"has {field} twice.");
                }

                switch (field)
                {
                    case "dtype":
                        type = reader.TokenType == JsonTokenType.String
                            ? reader.GetString()!
                            : throw new SafetensorsException(SafetensorsFault.Type, name, $"has a dtype that is {reader.TokenType}; expected a text.");
                        break;
                    case "shape":
                        shape = ReadNumbers(ref reader, name, SafetensorsFault.Shape, field, MaxDimensions);
                        break;
                    default:
                        offsets = ReadNumbers(ref reader, name, SafetensorsFault.Offsets, field, 2);
                        break;
                }
            }
        }

        return type is null || shape is null || offsets is null
            ? throw new SafetensorsException(SafetensorsFault.Entry, name, "needs dtype, shape and data_offsets.")
            : Check(name, type, shape, offsets, dataLength);
    }

    private static SafetensorsEntry Check(string name, string typeName, List<long> shape, List<long> offsets, long dataLength)
    {
        var type = SafetensorsTypes.Parse(typeName)
            ?? throw new SafetensorsException(SafetensorsFault.Type, name, $"has dtype '{typeName}', which the format does not have.");
        var elements = shape.Contains(0) ? 0L : 1L;
        foreach (var dimension in shape)
        {
            // Compared by division, so that the product cannot overflow.
            if (elements > 0 && dimension > dataLength / type.Bytes() / elements)
            {
                throw new SafetensorsException(SafetensorsFault.Shape, name, $"has shape [{string.Join(", ", shape)}], more than the file holds.");
            }

            elements *= dimension;
        }

        var bytes = elements * type.Bytes();
        return offsets.Count == 2 && offsets[0] <= offsets[1] && offsets[1] <= dataLength && offsets[1] - offsets[0] == bytes
            ? new SafetensorsEntry(name, type, shape, offsets[0], offsets[1])
            : throw new SafetensorsException(
                SafetensorsFault.Offsets, name, $"has data_offsets [{string.Join(", ", offsets)}]; expected {bytes} bytes within {dataLength}.");
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string name, SafetensorsFault fault, string field, int max)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new SafetensorsException(fault, name, $"has {field} {reader.TokenType}; expected an array of at most {max} numbers.");
        }

        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw new SafetensorsException(fault, name, $"has {reader.TokenType} in {field}; expected whole numbers from 0.");
            }

            if (numbers.Count == max)
            {
                throw new SafetensorsException(fault, name, $"has more than {max} numbers in {field}.");
            }

            numbers.Add(number);
        }

        return numbers;
    }
}
