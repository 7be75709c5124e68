using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>The values at the taps that were asked for; every tensor belongs to the trace.</summary>
public sealed class UnetTrace : IDisposable
{
    private readonly Dictionary<UnetTap, Tensor> _values = [];
    private readonly HashSet<UnetTap> _wanted;

    internal UnetTrace(IEnumerable<UnetTap> taps) => _wanted = [.. taps];

    /// <summary>The value at a tap.</summary>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public Tensor this[UnetTap tap] => _values[tap];

    /// <summary>Whether everything asked for has been computed.</summary>
    internal bool IsComplete => _values.Count == _wanted.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _values.Values)
        {
            value.Dispose();
        }
    }

    /// <summary>Keeps a value that is wanted: out of the scope it was computed in.</summary>
    internal void Offer(UnetTap tap, Tensor value)
    {
        if (_wanted.Contains(tap))
        {
            // A view of its own: the network may go on to use and dispose of the value.
            _values.Add(tap, value.alias().MoveToOuterDisposeScope());
        }
    }
}
