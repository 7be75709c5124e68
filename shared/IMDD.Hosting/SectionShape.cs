using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace IMDD.Hosting;

/// <summary>Holds a section's keys and values against the properties of its options class.</summary>
internal static class SectionShape
{
    /// <summary>Values that do not convert, and keys that no property has (a misspelt key would else be ignored in silence).</summary>
    public static List<ConfigurationError> Check(OptionsSection section, IConfiguration configuration, IReadOnlyList<OptionsSection> all)
    {
        var errors = new List<ConfigurationError>();
        CheckObject(section.OptionsType, configuration.GetSection(section.Section), key => IsSectionOfAnother(key, section, all), errors);
        return errors;
    }

    private static bool IsSectionOfAnother(string key, OptionsSection section, IReadOnlyList<OptionsSection> all) =>
        all.Any(other => other != section
            && (other.Section.Equals(key, StringComparison.OrdinalIgnoreCase)
                || other.Section.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)));

    private static void CheckObject(Type type, IConfigurationSection section, Func<string, bool> isKnownElsewhere, List<ConfigurationError> errors)
    {
        if (section.Value is { Length: > 0 })
        {
            errors.Add(new ConfigurationError(section.Path, "is a section with keys of its own, not a single value"));
            return;
        }

        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .DistinctBy(KeyOf, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(KeyOf, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var property))
            {
                CheckValue(property.PropertyType, child, errors);
            }
            else if (!isKnownElsewhere(child.Path))
            {
                errors.Add(new ConfigurationError(child.Path, $"unknown key; known here: {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}"));
            }
        }
    }

    private static string KeyOf(PropertyInfo property) => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;

    private static void CheckValue(Type declared, IConfigurationSection section, List<ConfigurationError> errors)
    {
        var nullable = Nullable.GetUnderlyingType(declared);
        var type = nullable ?? declared;
        if (type == typeof(string) || type == typeof(object))
        {
            if (section.Value is null && section.GetChildren().Any())
            {
                errors.Add(new ConfigurationError(section.Path, "must be a single value, not a section"));
            }
        }
        else if (type != typeof(byte[]) && TypeDescriptor.GetConverter(type) is var converter && converter.CanConvertFrom(typeof(string)))
        {
            CheckScalar(type, converter, section, nullable is not null, errors);
        }
        else if (ElementOf(type) is { } element)
        {
            foreach (var child in section.GetChildren())
            {
                CheckValue(element, child, errors);
            }
        }
        else if (type.IsClass && type != typeof(byte[]))
        {
            CheckObject(type, section, _ => false, errors);
        }
    }

    private static void CheckScalar(Type type, TypeConverter converter, IConfigurationSection section, bool isNullable, List<ConfigurationError> errors)
    {
        if (section.Value is null)
        {
            if (section.GetChildren().Any())
            {
                errors.Add(new ConfigurationError(section.Path, $"must be {Describe(type)}, not a section"));
            }

            return;
        }

        if (isNullable && section.Value.Length == 0)
        {
            return;
        }

        try
        {
            converter.ConvertFromInvariantString(section.Value);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            errors.Add(new ConfigurationError(section.Path, $"must be {Describe(type)}"));
        }
    }

    /// <summary>The element type of what the binder fills from children: arrays, lists, sets and dictionaries.</summary>
    private static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        if (!typeof(IEnumerable).IsAssignableFrom(type))
        {
            return null;
        }

        var enumerable = type.GetInterfaces().Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        var element = enumerable?.GetGenericArguments()[0];
        return element is { IsGenericType: true } && element.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            ? element.GetGenericArguments()[1]
            : element;
    }

    private static string Describe(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(TimeSpan) => "a duration such as 00:00:30 or 3.00:00:00",
        _ when type == typeof(Uri) => "a URI",
        TypeCode.Boolean => "true or false",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number such as 0.5",
        TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64
            => $"a whole number ({type.Name})",
        _ => $"a value of type {type.Name}",
    };
}
