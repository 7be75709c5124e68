using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>From a loss to new weights: backward, the scale taken out, the gradient's length bounded, AdamW on the masters, and back to the networks.</summary>
public sealed class WeightUpdate : IDisposable
{
    private readonly List<MasterWeights> _masters;
    private readonly LossScale? _scale;
    private readonly StepOptions _options;
    private readonly AdamW _optimizer;
    private readonly WeightMean? _mean;
    private int _losses;

    /// <summary>An update of networks that may compute in different formats.</summary>
    /// <param name="networks">Those that are trained.</param>
    /// <param name="options">How.</param>
    /// <param name="scale">For a format of small range; null for others.</param>
    public WeightUpdate(IReadOnlyList<nn.Module> networks, StepOptions options, LossScale? scale = null)
        : this([.. networks.Select(network => new MasterWeights(network))], options, scale)
    {
    }

    /// <summary>An update of weights that become this one's.</summary>
    /// <param name="masters">Those that are trained.</param>
    /// <param name="options">How.</param>
    /// <param name="scale">For a format of small range; null for others.</param>
    public WeightUpdate(IReadOnlyList<MasterWeights> masters, StepOptions options, LossScale? scale = null)
    {
        _options = options;
        _scale = scale;
        _masters = [.. masters];
        _optimizer = Optimizer(options);
        _mean = options.AverageDecay is { } decay ? new WeightMean([.. Parameters()], decay) : null;
    }

    /// <summary>Changes the rate of the steps from now on.</summary>
    public double LearningRate
    {
        set
        {
            foreach (var group in _optimizer.ParamGroups)
            {
                group.LearningRate = value;
            }
        }
    }

    /// <summary>One step, or where a step is taken by several losses one of them.</summary>
    /// <param name="loss">A scalar.</param>
    /// <returns>False where no step was taken: further losses of it are to come, or a gradient was no number, and nothing has changed but the scale.</returns>
    public bool Apply(Tensor loss)
    {
        using var scope = NewDisposeScope();
        var part = _options.Accumulation == 1 ? loss : loss / _options.Accumulation;
        (_scale is null ? part : part * _scale.Value).backward();
        if (++_losses < _options.Accumulation)
        {
            return false;
        }

        _losses = 0;
        var good = true;
        foreach (var masters in _masters)
        {
            good &= masters.TakeGradients(_scale?.Value ?? 1);
        }

        _scale?.Update(good);
        if (good)
        {
            nn.utils.clip_grad_norm_(Parameters(), _options.MaxGradientNorm);
            _optimizer.step();
            _mean?.Update();
            _masters.ForEach(masters => masters.Publish());
        }

        _masters.ForEach(masters => masters.ZeroGradients());
        return good;
    }

    /// <summary>Makes the weights their running mean, where one is kept: no more steps after that.</summary>
    public void UseMean()
    {
        _mean?.Publish();
        _masters.ForEach(masters => masters.Publish());
    }

    /// <summary>Writes what the optimizer remembers, and the loss's scale and the running mean where there are such; weights are not in it. Between steps only.</summary>
    public void Save(BinaryWriter writer)
    {
        _scale?.Save(writer);
        _mean?.Save(writer);
        _optimizer.save_state_dict(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote of an update of the same networks.</summary>
    public void Load(BinaryReader reader)
    {
        _scale?.Load(reader);
        _mean?.Load(reader);
        _optimizer.load_state_dict(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _mean?.Dispose();
        _masters.ForEach(masters => masters.Dispose());
    }

    private AdamW Optimizer(StepOptions options)
    {
        if (!options.SparesNorms)
        {
            return optim.AdamW(Parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        }

        List<Parameter> spared = [.. _masters.SelectMany(masters => masters.OfNorms)];
        var handles = spared.Select(parameter => parameter.Handle).ToHashSet();
        AdamW.ParamGroup[] groups =
        [
            new([.. Parameters().Where(parameter => !handles.Contains(parameter.Handle))], options.LearningRate, weight_decay: options.WeightDecay),
            new(spared, options.LearningRate, weight_decay: 0),
        ];
        return optim.AdamW([.. groups.Where(group => group.Parameters.Any())], options.LearningRate, weight_decay: options.WeightDecay);
    }

    private IEnumerable<Parameter> Parameters() => _masters.SelectMany(masters => masters.Parameters);
}
