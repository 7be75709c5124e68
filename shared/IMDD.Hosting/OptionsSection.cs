using System.Reflection;

namespace IMDD.Hosting;

/// <summary>Which section an options class is bound to.</summary>
/// <param name="OptionsType">The class.</param>
/// <param name="Section">The section, e.g. <c>Edge:Store</c>.</param>
internal sealed record OptionsSection(Type OptionsType, string Section)
{
    /// <summary>The class's <c>public const string Section</c>, or null for a class that is none of ours.</summary>
    public static string? DeclaredBy(Type optionsType) =>
        optionsType.GetField("Section", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } field
            ? field.GetRawConstantValue() as string
            : null;
}
