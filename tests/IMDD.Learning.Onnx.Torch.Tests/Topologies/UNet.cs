using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>A U-Net of two levels (Ronneberger et al. 2015, figure 1); what is upsampled takes the skip's size, so that odd sizes work.</summary>
internal sealed class UNet : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly ModuleList<Sequential> _down = [];
    private readonly ModuleList<Sequential> _up = [];
    private readonly MaxPool2d _pool = nn.MaxPool2d(2);
    private readonly Sequential _bottom;
    private readonly Conv2d _head;

    public UNet(long channels)
        : base(nameof(UNet))
    {
        _down.Add(Twice(3, channels));
        _down.Add(Twice(channels, channels * 2));
        _bottom = Twice(channels * 2, channels * 4);
        _up.Add(Twice(channels * 6, channels * 2));
        _up.Add(Twice(channels * 3, channels));
        _head = nn.Conv2d(channels, 1, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        Stack<Tensor> skips = new();
        var value = input;
        foreach (var level in _down)
        {
            value = level.call(value);
            skips.Push(value);
            value = _pool.call(value);
        }

        value = _bottom.call(value);
        foreach (var level in _up)
        {
            var skip = skips.Pop();
            var upsampled = nn.functional.interpolate(value, [skip.shape[2], skip.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);
            value = level.call(cat([skip, upsampled], 1));
        }

        return _head.call(value);
    }

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        Stack<OnnxValue> skips = new();
        var value = input;
        foreach (var level in _down)
        {
            value = onnx.Call(level, value);
            skips.Push(value);
            value = onnx.Call(_pool, value);
        }

        value = onnx.Call(_bottom, value);
        foreach (var level in _up)
        {
            var skip = skips.Pop();
            value = onnx.Call(level, onnx.Graph.Concat(1, skip, onnx.Graph.ResizeLike(value, skip, OnnxResampling.Linear)));
        }

        return onnx.Call(_head, value);
    }

    private static Sequential Twice(long channels, long outputs) => nn.Sequential(
        nn.Conv2d(channels, outputs, 3, padding: 1),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.1),
        nn.Conv2d(outputs, outputs, 3, padding: 1),
        nn.InstanceNorm2d(outputs, affine: true),
        nn.ReLU());
}
