using IMDD.Contracts.Identity;

namespace IMDD.Relational;

/// <summary>The name of this instance, well-formed.</summary>
public sealed class InstanceIdentity(IDatabaseOptions options, DatabaseSchema schema)
{
    private const int MaxLength = 31;

    /// <summary>A name part.</summary>
    public string Name { get; } = options.InstanceName ?? FromHost(Environment.MachineName, Path.GetFileNameWithoutExtension(schema.FileName));

    private static string FromHost(string host, string otherwise)
    {
        var name = new string([.. host.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).TrimStart('-');
        name = name.Length > MaxLength ? name[..MaxLength] : name;
        return NamePart.IsValid(name) ? name : otherwise;
    }
}
