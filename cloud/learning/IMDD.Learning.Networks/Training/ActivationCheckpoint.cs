using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>
/// Activation checkpointing (Chen et al. 2016): of a part of a network only the inputs are kept for the backward pass, which computes the part once more.
/// What a part computes must be a function of its inputs and parameters alone.
/// </summary>
public sealed class ActivationCheckpoint
{
    private IReadOnlyList<Tensor?> _handedOver = [];

    /// <summary>Runs a part; with gradients off, or nothing before it that has one, as it is.</summary>
    /// <param name="part">The part.</param>
    /// <param name="inputs">Everything it takes but its parameters.</param>
    /// <returns>What the part gives.</returns>
    public Tensor Run(Func<IReadOnlyList<Tensor>, Tensor> part, params IReadOnlyList<Tensor> inputs)
    {
        if (!is_grad_enabled() || !inputs.Any(input => input.requires_grad))
        {
            return part(inputs);
        }

        using var scope = NewDisposeScope();
        return Part.apply([this, part, .. inputs]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Keeps gradients alive until libtorch has taken them over, which it has when it asks for those of the part before: without this they would live until
    /// the step's end.
    /// </summary>
    private void HandOver(IReadOnlyList<Tensor?> gradients)
    {
        foreach (var gradient in _handedOver)
        {
            gradient?.Dispose();
        }

        _handedOver = gradients;
    }

    private sealed class Part : autograd.SingleTensorFunction<Part>
    {
        private const int FirstInput = 2;

        public override string Name => nameof(ActivationCheckpoint);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            List<Tensor> inputs = [.. vars.Skip(FirstInput).Cast<Tensor>()];
            ctx.save_for_backward(inputs);
            ctx.save_data("owner", vars[0]);
            ctx.save_data("part", vars[1]);
            ctx.save_data("wanted", inputs.Select(input => input.requires_grad).ToArray());
            return ((Func<IReadOnlyList<Tensor>, Tensor>)vars[1])(inputs);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var owner = (ActivationCheckpoint)ctx.get_data("owner");
            var part = (Func<IReadOnlyList<Tensor>, Tensor>)ctx.get_data("part");
            var wanted = (bool[])ctx.get_data("wanted");
            Tensor?[] gradients = new Tensor?[wanted.Length];
            using (var scope = NewDisposeScope())
            {
                using var tracked = enable_grad();
                List<Tensor> inputs = [];
                foreach (var (saved, isWanted) in ctx.get_saved_variables().Zip(wanted))
                {
                    inputs.Add(saved.detach().requires_grad_(isWanted));
                }

                // Parameters get their gradients here, the inputs below.
                autograd.backward([part(inputs)], [grad_output]);
                for (var index = 0; index < wanted.Length; index++)
                {
                    gradients[index] = wanted[index] ? inputs[index].grad?.MoveToOuterDisposeScope() : null;
                }
            }

            grad_output.Dispose();
            owner.HandOver(gradients);
            return [null!, null!, .. gradients.Select(gradient => gradient!)];
        }
    }
}
