using System.Text;
using IMDD.Learning.Weights.Layouts;

namespace IMDD.Learning.Weights.Files;

/// <summary>What a network needs, held against what files hold.</summary>
public sealed class WeightMatch
{
    private readonly string _origin;
    private readonly WeightNames _names;

    private WeightMatch(
        string origin,
        WeightNames names,
        IReadOnlyDictionary<string, StoredTensor> found,
        IReadOnlyList<string> missing,
        IReadOnlyList<string> extra,
        IReadOnlyList<string> misshapen)
    {
        _origin = origin;
        _names = names;
        Found = found;
        Missing = missing;
        Extra = extra;
        Misshapen = misshapen;
    }

    /// <summary>Where each of the network's tensors lies, by the network's name for it.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Found { get; }

    /// <summary>Names the network needs and the files lack.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names the files have and nothing needs.</summary>
    public IReadOnlyList<string> Extra { get; }

    /// <summary>Names with the shape found and the shape expected.</summary>
    public IReadOnlyList<string> Misshapen { get; }

    /// <summary>Finds every tensor of a layout.</summary>
    /// <param name="layout">What the network needs.</param>
    /// <param name="files">What there is.</param>
    /// <param name="names">The dialect of names in the files.</param>
    public static WeightMatch Of(TensorLayout layout, WeightFiles files, WeightNames names)
    {
        Dictionary<string, StoredTensor> found = new(StringComparer.Ordinal);
        HashSet<string> used = new(StringComparer.Ordinal);
        List<string> missing = [];
        List<string> misshapen = [];
        foreach (var (name, shape) in layout.Shapes)
        {
            var stored = names.Candidates(name).FirstOrDefault(files.Tensors.ContainsKey);
            if (stored is null)
            {
                missing.Add(name);
                continue;
            }

            used.Add(stored);
            var tensor = files.Tensors[stored];
            if (Fits(tensor.Entry.Shape, shape))
            {
                found.Add(name, tensor);
            }
            else
            {
                misshapen.Add($"{stored} [{string.Join(", ", tensor.Entry.Shape)}], expected [{string.Join(", ", shape)}]");
            }
        }

        var extra = files.Tensors.Keys.Where(name => !used.Contains(name) && !names.IsIgnored(name)).Order(StringComparer.Ordinal);
        return new WeightMatch(files.Origin, names, found, missing, [.. extra], misshapen);
    }

    /// <summary>Refuses what is not complete; what is extra is named too, for it often is the missing thing under another name.</summary>
    /// <exception cref="WeightsException">A tensor is missing or misshapen; every one is named.</exception>
    public WeightMatch Require()
    {
        if (Missing.Count == 0 && Misshapen.Count == 0)
        {
            return this;
        }

        var message = new StringBuilder($"{_origin}: not these weights.");
        List(message, "missing", [.. Missing.Select(Both)]);
        List(message, "misshapen", Misshapen);
        List(message, "extra", Extra);
        throw new WeightsException(message.ToString());
    }

    /// <summary>Refuses what is not complete, and what holds more than the network needs.</summary>
    /// <exception cref="WeightsException">A tensor is missing, misshapen or extra.</exception>
    public WeightMatch RequireExactly()
    {
        Require();
        if (Extra.Count == 0)
        {
            return this;
        }

        var message = new StringBuilder($"{_origin}: more than these weights.");
        List(message, "extra", Extra);
        throw new WeightsException(message.ToString());
    }

    /// <summary>Our name, and the file's where that is another.</summary>
    private string Both(string name) => _names.Candidates(name).First() is var stored && stored == name ? name : $"{name} ({stored} in the file)";

    // Convolutions over one pixel and linear layers hold the same numbers: single-file checkpoints store the autoencoder's attention as the former.
    private static bool Fits(IReadOnlyList<long> found, long[] expected) => found.Count >= expected.Length
        && found.Take(expected.Length).SequenceEqual(expected)
        && found.Skip(expected.Length).All(dimension => dimension == 1);

    private static void List(StringBuilder message, string kind, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            message.Append('\n').Append(names.Count).Append(' ').Append(kind).Append(": ").AppendJoin("; ", names);
        }
    }
}
