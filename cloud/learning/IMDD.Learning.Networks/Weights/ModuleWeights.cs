using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Weights;

/// <summary>Fills modules from safetensors files, and writes them.</summary>
public static class ModuleWeights
{
    /// <summary>Names and shapes of a module's parameters and buffers.</summary>
    public static TensorLayout LayoutOf(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return new TensorLayout(module.state_dict().Select(pair => KeyValuePair.Create(pair.Key, pair.Value.shape)));
    }

    /// <summary>Copies every tensor that a module has, in the module's own element type and on its device.</summary>
    /// <param name="module">The network.</param>
    /// <param name="files">What there is.</param>
    /// <param name="names">The dialect of names in the files.</param>
    /// <returns>What was found; its <see cref="WeightMatch.Extra"/> is what the files have beyond the module.</returns>
    /// <exception cref="WeightsException">A tensor is missing or misshapen; every one is named, and nothing was copied.</exception>
    public static WeightMatch Load(nn.Module module, WeightFiles files, WeightNames names)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var targets = module.state_dict();
        var match = WeightMatch.Of(new TensorLayout(targets.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.shape))), files, names).Require();
        foreach (var (name, target) in targets)
        {
            using var stored = TensorFiles.Read(match.Found[name]);
            target.copy_(stored.view(target.shape));
        }

        return match;
    }

    /// <summary>Writes a module's tensors, whole or not at all.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Texts about it, such as its configuration.</param>
    public static void Save(nn.Module module, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(path, [.. module.state_dict().Select(pair => TensorFiles.ToStored(pair.Key, pair.Value))], metadata);
    }
}
