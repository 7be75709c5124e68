using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Text;

/// <summary>
/// Makes rows of text, to which the embeddings of pixels are compared. Trained with the network; kept with its bundle, so that rows for new names can be made for a
/// model in the field.
/// </summary>
/// <param name="name">What the module is called in messages.</param>
public abstract class RowEncoder(string name) : Module<IReadOnlyList<string>, Tensor>(name)
{
    /// <summary>Unit rows <c>[texts, D]</c>.</summary>
    /// <exception cref="ArgumentException">A text has no word in it.</exception>
    public abstract override Tensor forward(IReadOnlyList<string> texts);
}
