namespace IMDD.Learning.Onnx.Graph;

/// <summary>Activation functions, written the way runtimes have kernels or fusions for.</summary>
public static class OnnxActivations
{
    // The first operator set with a Gelu node.
    private const int GeluOpset = 20;

    extension(OnnxGraphBuilder graph)
    {
        public OnnxValue Relu(OnnxValue value) => graph.Unary("Relu", value);

        public OnnxValue Sigmoid(OnnxValue value) => graph.Unary("Sigmoid", value);

        public OnnxValue Tanh(OnnxValue value) => graph.Unary("Tanh", value);

        /// <summary>ln(1 + eˣ).</summary>
        public OnnxValue Softplus(OnnxValue value) => graph.Unary("Softplus", value);

        /// <summary>x / (1 + |x|).</summary>
        public OnnxValue Softsign(OnnxValue value) => graph.Unary("Softsign", value);

        /// <summary>x, or <paramref name="slope"/>·x below zero.</summary>
        public OnnxValue LeakyRelu(OnnxValue value, float slope) => graph.Unary("LeakyRelu", value, OnnxAttribute.Float("alpha", slope));

        /// <summary>x, or α(eˣ − 1) below zero.</summary>
        public OnnxValue Elu(OnnxValue value, float alpha) => graph.Unary("Elu", value, OnnxAttribute.Float("alpha", alpha));

        /// <summary>γx, or γα(eˣ − 1) below zero.</summary>
        public OnnxValue Selu(OnnxValue value) => graph.Unary("Selu", value);

        /// <summary>x, or a slope of each channel's own below zero.</summary>
        /// <param name="value">Floats.</param>
        /// <param name="slopes">Of a shape that broadcasts to the value's.</param>
        public OnnxValue PRelu(OnnxValue value, OnnxValue slopes)
        {
            OnnxCheck.IsFloat("PRelu", value);
            OnnxCheck.SameType("PRelu", value, slopes);
            return OnnxCheck.Broadcast("PRelu", value, slopes).Equals(value.Shape)
                ? graph.Node("PRelu", [value, slopes], value.Type, value.Shape)
                : throw new OnnxGraphException($"PRelu got {value} and slopes {slopes.Shape}; expected slopes that broadcast to it.");
        }

        /// <summary>clip(x/6 + 1/2, 0, 1).</summary>
        public OnnxValue HardSigmoid(OnnxValue value)
            => graph.Unary("HardSigmoid", value, OnnxAttribute.Float("alpha", 1f / 6), OnnxAttribute.Float("beta", 0.5f));

        /// <summary>x · hardsigmoid(x).</summary>
        public OnnxValue HardSwish(OnnxValue value) => graph.Unary("HardSwish", value);

        /// <summary>x · σ(x). Not the Swish node of newer operator sets: runtimes take that apart again.</summary>
        public OnnxValue Silu(OnnxValue value) => graph.Mul(value, graph.Sigmoid(value));

        /// <summary>x · tanh(ln(1 + eˣ)).</summary>
        public OnnxValue Mish(OnnxValue value) => graph.Mul(value, graph.Tanh(graph.Softplus(value)));

        /// <summary>x/2 · (1 + erf(x/√2)).</summary>
        public OnnxValue Gelu(OnnxValue value)
        {
            if (graph.Opset >= GeluOpset)
            {
                return graph.Unary("Gelu", value);
            }

            // The order of operations that runtimes recognise and fuse.
            var erf = graph.Erf(graph.Div(value, graph.Scalar(MathF.Sqrt(2))));
            return graph.Mul(graph.Mul(value, graph.Add(erf, graph.Scalar(1))), graph.Scalar(0.5f));
        }

        /// <summary>x/2 · (1 + tanh(√(2/π)(x + 0.044715x³))).</summary>
        public OnnxValue GeluTanh(OnnxValue value)
        {
            if (graph.Opset >= GeluOpset)
            {
                return graph.Unary("Gelu", value, OnnxAttribute.Text("approximate", "tanh"));
            }

            var cubed = graph.Mul(graph.Mul(value, value), value);
            var inner = graph.Mul(graph.Add(value, graph.Mul(cubed, graph.Scalar(0.044715f))), graph.Scalar(MathF.Sqrt(2 / MathF.PI)));
            return graph.Mul(graph.Mul(value, graph.Scalar(0.5f)), graph.Add(graph.Tanh(inner), graph.Scalar(1)));
        }

        /// <summary>Shares along an axis that add up to one.</summary>
        public OnnxValue Softmax(OnnxValue value, int axis)
            => graph.Unary("Softmax", value, OnnxAttribute.Int("axis", OnnxCheck.Axis("Softmax", value, axis)));

        /// <summary>Logarithms of the shares.</summary>
        public OnnxValue LogSoftmax(OnnxValue value, int axis)
            => graph.Unary("LogSoftmax", value, OnnxAttribute.Int("axis", OnnxCheck.Axis("LogSoftmax", value, axis)));
    }
}
