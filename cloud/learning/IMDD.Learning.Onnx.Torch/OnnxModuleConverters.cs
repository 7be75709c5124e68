using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch.Converters;
using TorchSharp;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>
/// Exporters of modules that do not bring their own, by type. A type of TorchSharp takes the exporter of a type it derives from; a type
/// of anyone else does not, because it may compute something else than what it derives from.
/// </summary>
public sealed class OnnxModuleConverters
{
    private readonly Dictionary<Type, Func<OnnxModuleScope, torch.nn.Module, IReadOnlyList<OnnxValue>, IReadOnlyList<OnnxValue>>> _byType;

    private OnnxModuleConverters(Dictionary<Type, Func<OnnxModuleScope, torch.nn.Module, IReadOnlyList<OnnxValue>, IReadOnlyList<OnnxValue>>> byType)
        => _byType = byType;

    /// <summary>The modules of <c>torch.nn</c> that are known.</summary>
    public static OnnxModuleConverters Default { get; } = Known();

    /// <summary>The module types that are known.</summary>
    public IReadOnlyCollection<Type> Types => _byType.Keys;

    /// <summary>These and one more, or another in its place, of one tensor in and one out.</summary>
    public OnnxModuleConverters With<TModule>(Func<OnnxModuleScope, TModule, OnnxValue, OnnxValue> converter)
        where TModule : torch.nn.Module
        => WithMany<TModule>((onnx, module, inputs) => inputs.Count == 1
            ? [converter(onnx, module, inputs[0])]
            : throw new OnnxGraphException($"got {inputs.Count} inputs; expected one."));

    /// <summary>These and one more, or another in its place.</summary>
    public OnnxModuleConverters WithMany<TModule>(Func<OnnxModuleScope, TModule, IReadOnlyList<OnnxValue>, IReadOnlyList<OnnxValue>> converter)
        where TModule : torch.nn.Module
        => new(new(_byType) { [typeof(TModule)] = (onnx, module, inputs) => converter(onnx, (TModule)module, inputs) });

    internal Func<OnnxModuleScope, torch.nn.Module, IReadOnlyList<OnnxValue>, IReadOnlyList<OnnxValue>>? Find(torch.nn.Module module)
    {
        var type = module.GetType();
        if (_byType.TryGetValue(type, out var exact))
        {
            return exact;
        }

        for (var parent = type.BaseType; parent is not null && type.Assembly == typeof(torch).Assembly; parent = parent.BaseType)
        {
            if (_byType.TryGetValue(parent, out var inherited))
            {
                return inherited;
            }
        }

        return null;
    }

    private static OnnxModuleConverters Known()
    {
        OnnxModuleConverters converters = new([]);
        converters = ActivationConverters.AddTo(converters);
        converters = AttentionConverters.AddTo(converters);
        converters = ContainerConverters.AddTo(converters);
        converters = ConvolutionConverters.AddTo(converters);
        converters = LinearConverters.AddTo(converters);
        converters = NormalizationConverters.AddTo(converters);
        converters = PoolingConverters.AddTo(converters);
        return ResamplingConverters.AddTo(converters);
    }
}
