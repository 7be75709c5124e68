using System.Reflection;

namespace IMDD.Architecture.Tests.Signatures;

/// <summary>Looks for types of some assemblies in what an assembly shows to others.</summary>
public static class PublicSignatures
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Each public or protected member of <paramref name="types"/> that shows a type from an assembly with one of the prefixes.</summary>
    public static IReadOnlyList<string> Showing(IEnumerable<Type> types, params string[] assemblyPrefixes) =>
    [
        .. from type in types
           where type.IsVisible
           from shown in Shown(type)
           where shown.Types.SelectMany(Parts).Any(part => assemblyPrefixes.Any(
               prefix => part.Assembly.GetName().Name!.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
           select $"{type.FullName}.{shown.Member}",
    ];

    private static IEnumerable<(string Member, IEnumerable<Type> Types)> Shown(Type type)
    {
        yield return ("(base)", type.GetInterfaces().Concat(type.BaseType is { } parent ? [parent] : []));
        foreach (var method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)).Where(IsShown))
        {
            var returned = method is MethodInfo { ReturnType: var result } ? [result] : Type.EmptyTypes;
            yield return (method.Name, method.GetParameters().Select(parameter => parameter.ParameterType).Concat(returned));
        }

        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly))
        {
            yield return (field.Name, [field.FieldType]);
        }
    }

    private static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Prepend(type.GetGenericTypeDefinition()) : [type];
    }
}
