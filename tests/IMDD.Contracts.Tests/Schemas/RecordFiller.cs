using System.Collections;
using System.Text.Json;
using IMDD.Contracts.Events;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>Makes a record with every property set to a legal value that is not its default.</summary>
internal static class RecordFiller
{
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 2, 10, 0, TimeSpan.FromHours(1));

    /// <summary>Values of fields that have a form of their own, by record and name; the rest follows from the type.</summary>
    private static readonly Dictionary<string, object> Special = new(StringComparer.Ordinal)
    {
        ["AssetPath"] = "acme/ulm/paint/line2/cell3",
        ["Line"] = "acme/ulm/paint/line2",
        ["CameraId"] = "cam1",
        ["Agent"] = "box7",
        ["OutcomeId"] = Events.Sample.OutcomeId,
        ["Digest"] = Events.Sample.Digest,
        ["Aliases"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["champion"] = Events.Sample.Digest },
        ["PreviousDigest"] = Events.Sample.Digest,
        ["Cameras"] = new[] { "cam1" },
        ["RecipeDigest"] = Events.Sample.Digest,
        ["ConfigDigest"] = Events.Sample.Digest,
        ["Sha256"] = new string('a', 64),
        ["Path"] = "model.onnx",
        ["Verdict"] = Verdict.Undecided,
        ["Reason"] = UndecidedReason.Overload,
        ["BdSeq"] = 255,
        ["WindowSeconds"] = 60,
        ["BboxPx"] = new[] { 1, 2, 3, 4 },
        ["Size"] = new[] { 1024, 1280 },
        ["Window"] = new[] { 100, 3500 },
        ["Shape"] = new[] { "B", "H", "W", "3" },
        ["IgnoreAreas"] = new[] { new[] { 0.0, 0.0, 10.0, 0.0, 10.0, 5.0 } },
        ["Uri"] = "blob:frames/1",
        ["MaskUri"] = "blob:masks/1",
    };

    public static object Fill(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        var record = constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType, Capital(p.Name!)))]);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            property.SetValue(record, Value(property.PropertyType, property.Name));
        }

        return record;
    }

    private static object Value(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Special.TryGetValue(name, out var value) && type.IsInstanceOfType(value))
        {
            return value;
        }

        return type switch
        {
            _ when type == typeof(string) => "text",
            _ when type == typeof(bool) => true,
            _ when type == typeof(int) => 3,
            _ when type == typeof(long) => 3L,
            _ when type == typeof(double) => 0.25,
            _ when type == typeof(DateTimeOffset) => Time,
            _ when type == typeof(JsonElement) => JsonSerializer.SerializeToElement(new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 }),
            _ when type.IsEnum => Enum.GetValues(type).GetValue(2)!,
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => List(type.GetGenericArguments()[0], name),
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => Map(type.GetGenericArguments()[1], name),
            _ => Fill(type),
        };
    }

    private static IList List(Type element, string name)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        list.Add(Value(element, name));
        return list;
    }

    private static IDictionary Map(Type element, string name)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), element))!;
        map.Add("key", Value(element, name));
        return map;
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
