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
            Copy(match.Found[name], target);
        }

        return match;
    }

    /// <summary>The same where it was found out before what lies where.</summary>
    /// <param name="module">The network.</param>
    /// <param name="prefix">Of its names in <paramref name="tensors"/>.</param>
    /// <param name="tensors">Every tensor that the module has, of its shape.</param>
    internal static void Load(nn.Module module, string prefix, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (name, target) in module.state_dict())
        {
            Copy(tensors[prefix + name], target);
        }
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

    private static void Copy(StoredTensor found, Tensor target)
    {
        using var stored = TensorFiles.Read(found);
        using var shaped = stored.view(target.shape);
        target.copy_(shaped);
    }
}
