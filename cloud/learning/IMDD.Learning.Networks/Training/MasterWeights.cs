using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>
/// Weights of 32 bits behind a network that computes in 16: an update is often smaller than half the distance between two neighbouring 16-bit numbers and
/// would be lost. The optimizer is given <see cref="Parameters"/>; a network of 32 bits has its own parameters there.
/// </summary>
public sealed class MasterWeights : IDisposable
{
    private readonly nn.Module _network;
    private List<(Parameter Own, Parameter Master)> _pairs;

    /// <summary>Masters of a network's parameters that are trained.</summary>
    /// <param name="network">The network, already in its format.</param>
    public MasterWeights(nn.Module network)
    {
        _network = network;
        _pairs = [.. Trained(network).Select(parameter => (parameter, MasterOf(parameter)))];
    }

    /// <summary>Brings a network of 32 bits to a format; its values as they were are the masters.</summary>
    /// <param name="network">Of 32 bits.</param>
    /// <param name="format">What it computes in from now on.</param>
    public MasterWeights(nn.Module network, NumberFormat format)
        : this(network)
    {
        if (format == NumberFormat.Single)
        {
            return;
        }

        using var untracked = no_grad();
        List<Parameter> masters = [.. _pairs.Select(pair => nn.Parameter(pair.Own.detach().clone().DetachFromDisposeScope()))];
        network.to(TypeOf(format));
        _pairs = [.. Trained(network).Zip(masters)];
    }

    /// <summary>What the optimizer changes, 32 bits.</summary>
    public IEnumerable<Parameter> Parameters => _pairs.Select(pair => pair.Master);

    /// <summary>Those of them that belong to norms and to tables of embeddings.</summary>
    public IEnumerable<Parameter> OfNorms
    {
        get
        {
            var handles = _network.modules().Where(module => module is GroupNorm or LayerNorm or Embedding)
                .SelectMany(module => module.parameters()).Select(parameter => parameter.Handle).ToHashSet();
            return _pairs.Where(pair => handles.Contains(pair.Own.Handle)).Select(pair => pair.Master);
        }
    }

    /// <summary>The element type of a format.</summary>
    public static ScalarType TypeOf(NumberFormat format) => format switch
    {
        NumberFormat.BFloat16 => ScalarType.BFloat16,
        NumberFormat.Float16 => ScalarType.Float16,
        _ => ScalarType.Float32,
    };

    /// <summary>Brings the gradients of a backward pass to the masters, the loss's scale taken out.</summary>
    /// <param name="scale">What the loss was multiplied by.</param>
    /// <returns>False where one is no number: then the step is to be left out.</returns>
    public bool TakeGradients(double scale)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var finite = ones([], ScalarType.Bool, _pairs[0].Own.device);
        foreach (var (own, master) in _pairs)
        {
            if (own.grad is not { } gradient)
            {
                continue;
            }

            var wide = scale is 1 ? gradient.to(float32) : gradient.to(float32) / scale;
            finite = finite.logical_and(wide.isfinite().all());
            master.grad = wide;
        }

        return finite.item<bool>();
    }

    /// <summary>Brings the masters' values, after a step or a load, to the network.</summary>
    public void Publish()
    {
        using var untracked = no_grad();
        foreach (var (own, master) in _pairs.Where(pair => !ReferenceEquals(pair.Own, pair.Master)))
        {
            own.copy_(master);
        }
    }

    /// <summary>The masters under the network's own names, to be kept: what a network of 16 bits holds is rounded.</summary>
    public IEnumerable<(string Name, Tensor Master)> Named()
    {
        var masters = _pairs.ToDictionary(pair => pair.Own.Handle, pair => pair.Master);
        return _network.named_parameters().Where(named => masters.ContainsKey(named.parameter.Handle))
            .Select(named => (named.name, (Tensor)masters[named.parameter.Handle]));
    }

    /// <summary>Makes the network one of 32 bits again, with the masters' values.</summary>
    public void Widen()
    {
        if (_pairs.TrueForAll(pair => ReferenceEquals(pair.Own, pair.Master)))
        {
            return;
        }

        _network.to(ScalarType.Float32);
        _pairs = [.. Trained(_network).Zip(_pairs.Select(pair => pair.Master))];
        Publish();
    }

    /// <summary>Forgets gradients.</summary>
    public void ZeroGradients()
    {
        foreach (var (own, master) in _pairs)
        {
            own.grad = null;
            master.grad = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (own, master) in _pairs.Where(pair => !ReferenceEquals(pair.Own, pair.Master)))
        {
            master.Dispose();
        }
    }

    private static IEnumerable<Parameter> Trained(nn.Module network) => network.parameters().Where(parameter => parameter.requires_grad);

    private static Parameter MasterOf(Parameter parameter)
    {
        if (parameter.dtype == ScalarType.Float32)
        {
            return parameter;
        }

        using var untracked = no_grad();
        return nn.Parameter(parameter.detach().to(float32).DetachFromDisposeScope());
    }
}
