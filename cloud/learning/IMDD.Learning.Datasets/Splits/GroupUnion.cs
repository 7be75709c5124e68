namespace IMDD.Learning.Datasets.Splits;

/// <summary>Union-find over group keys; the smallest key of a union stands for it, so that the result does not depend on the order.</summary>
internal sealed class GroupUnion
{
    private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);

    public string Root(string key)
    {
        var root = key;
        while (_parents.TryGetValue(root, out var parent))
        {
            root = parent;
        }

        // Every key on the way points at the root from now on, else long chains are walked again and again.
        while (key != root)
        {
            (_parents[key], key) = (root, _parents[key]);
        }

        return root;
    }

    public void Join(string a, string b)
    {
        string rootA = Root(a), rootB = Root(b);
        var order = string.CompareOrdinal(rootA, rootB);
        if (order != 0)
        {
            _parents[order < 0 ? rootB : rootA] = order < 0 ? rootA : rootB;
        }
    }
}
