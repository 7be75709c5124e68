namespace IMDD.Learning.Weights.Layouts;

/// <summary>Collects names and shapes, layer by layer.</summary>
internal sealed class LayoutBuilder
{
    private readonly Dictionary<string, long[]> _shapes = new(StringComparer.Ordinal);

    public TensorLayout Build() => new(_shapes);

    public void Tensor(string name, params long[] shape) => _shapes.Add(name, shape);

    public void Linear(string name, long from, long to, bool bias = true)
    {
        Tensor($"{name}.weight", to, from);
        if (bias)
        {
            Tensor($"{name}.bias", to);
        }
    }

    public void Convolution(string name, long from, long to, long kernel)
    {
        Tensor($"{name}.weight", to, from, kernel, kernel);
        Tensor($"{name}.bias", to);
    }

    /// <summary>Group or layer norm.</summary>
    public void Norm(string name, long channels)
    {
        Tensor($"{name}.weight", channels);
        Tensor($"{name}.bias", channels);
    }

    /// <summary>Three linear layers, the last of them to another width.</summary>
    public void Perceptron(string name, long width, long to)
    {
        Linear($"{name}.layers.0", width, width);
        Linear($"{name}.layers.1", width, width);
        Linear($"{name}.layers.2", width, to);
    }

    /// <summary>Two norms and convolutions, the time embedding where the network has one, and a shortcut where the width changes.</summary>
    public void Resnet(string name, long from, long to, long? timeWidth)
    {
        Norm($"{name}.norm1", from);
        Convolution($"{name}.conv1", from, to, 3);
        if (timeWidth is { } width)
        {
            Linear($"{name}.time_emb_proj", width, to);
        }

        Norm($"{name}.norm2", to);
        Convolution($"{name}.conv2", to, to, 3);
        if (from != to)
        {
            Convolution($"{name}.conv_shortcut", from, to, 1);
        }
    }
}
