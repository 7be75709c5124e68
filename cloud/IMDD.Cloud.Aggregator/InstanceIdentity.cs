using IMDD.Contracts.Identity;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator;

/// <summary>The name of this instance, well-formed.</summary>
public sealed class InstanceIdentity(IOptions<AggregatorOptions> options)
{
    private const int MaxLength = 31;

    public string Name { get; } = options.Value.InstanceName ?? FromHost(Environment.MachineName);

    private static string FromHost(string host)
    {
        var name = new string([.. host.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).TrimStart('-');
        name = name.Length > MaxLength ? name[..MaxLength] : name;
        return NamePart.IsValid(name) ? name : "aggregator";
    }
}
