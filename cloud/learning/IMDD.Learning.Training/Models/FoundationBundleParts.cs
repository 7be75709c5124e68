using IMDD.Contracts.Models;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>What a bundle is made of beside its graph.</summary>
/// <param name="Configuration">The model.</param>
/// <param name="Classes">What it is to name.</param>
/// <param name="Rows">Unit rows of their names, or of each one's name and synonyms, [K, E].</param>
/// <param name="Half">Whether it computes in 16 bits.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="MaxGraphBytes">Most bytes of weights within the graph's own file.</param>
internal sealed record FoundationBundleParts(
    FoundationConfiguration Configuration, IReadOnlyList<TrainedClass> Classes, Tensor Rows, bool Half, DateTimeOffset CreatedAt, long MaxGraphBytes)
{
    /// <summary>What the rows say, in their order.</summary>
    /// <exception cref="ArgumentException">There are neither as many rows as classes nor as many as names and synonyms.</exception>
    public IReadOnlyList<BundleRow> RowNames()
    {
        List<BundleRow> names = [.. Classes.Select(named => new BundleRow(named.Id, named.Name, "text", 0))];
        List<BundleRow> all = [.. Classes.SelectMany(named => named.Synonyms.Prepend(named.Name).Select(name => new BundleRow(named.Id, name, "text", 0)))];
        return Rows.shape[0] == names.Count ? names
            : Rows.shape[0] == all.Count ? all
            : throw new ArgumentException($"{Rows.shape[0]} texts; expected {names.Count}, of the classes' names, or {all.Count}, with their synonyms.");
    }
}
