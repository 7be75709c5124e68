using IMDD.Contracts.Events;

namespace IMDD.Contracts.Models;

/// <summary>A class of defects.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Names">Names by language (<c>en</c>, <c>zh</c>, <c>ja</c>).</param>
/// <param name="Severity">Severity where the recipe does not say.</param>
public sealed record BundleClass(string Id, IReadOnlyDictionary<string, string> Names, Severity Severity)
{
    /// <summary>The class of a region whose best row stays under its own threshold.</summary>
    public const string UnknownDefect = "unknown-defect";
}
