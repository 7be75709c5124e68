namespace IMDD.Safetensors;

/// <summary>Names and sizes of element types.</summary>
public static class SafetensorsTypes
{
    private static readonly (string Name, int Bytes)[] All =
    [
        ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E5M2", 1), ("F8_E4M3", 1), ("I16", 2), ("U16", 2), ("F16", 2), ("BF16", 2),
        ("I32", 4), ("U32", 4), ("F32", 4), ("F64", 8), ("I64", 8), ("U64", 8),
    ];

    /// <summary>The type's name in a file.</summary>
    public static string Name(this SafetensorsType type) => All[(int)type].Name;

    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this SafetensorsType type) => All[(int)type].Bytes;

    /// <summary>The type of a name; null where the format has none.</summary>
    public static SafetensorsType? Parse(string name)
    {
        var index = Array.FindIndex(All, type => type.Name == name);
        return index < 0 ? null : (SafetensorsType)index;
    }
}
