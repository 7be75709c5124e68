using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Weights;

/// <summary>The weights of a foundation model where they lie in files, for an export that never has all of them in memory.</summary>
public sealed class FoundationWeights
{
    private const int TextsAtATime = 64;

    private readonly FoundationConfiguration _configuration;
    private readonly WeightFiles _files;
    private readonly TensorLayout _layout;
    private readonly IReadOnlyDictionary<string, StoredTensor> _tensors;

    /// <summary>Finds every tensor of a model.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="files">Its checkpoint, as <see cref="ModuleWeights.Save"/> writes it; has to stay open.</param>
    /// <exception cref="WeightsException">The checkpoint says that it is another model's; or tensors are missing or misshapen, and all are named.</exception>
    public FoundationWeights(FoundationConfiguration configuration, WeightFiles files)
    {
        _configuration = configuration;
        _files = files;
        StoredConfiguration.Require(configuration, files);
        _layout = FoundationLayout.Of(configuration);
        _tensors = WeightMatch.Of(_layout, files, WeightNames.Own).Require().Found;
    }

    /// <summary>A tensor in 32 bits, read when it is needed.</summary>
    /// <param name="name">As <see cref="FoundationNetwork"/> calls it.</param>
    public OnnxTensor Find(string name)
    {
        var stored = _tensors.GetValueOrDefault(name) ?? throw new WeightsException($"{_files.Origin}: the model has no tensor '{name}'.");
        return OnnxTensor.Deferred(OnnxElementType.Float, _layout.Shapes[name], () => Read(stored));
    }

    /// <summary>What <see cref="FoundationNetwork.EmptyStates"/> gives; only the text tower is loaded for it, and let go again.</summary>
    public Tensor EmptyStates()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using ClipText text = new(_configuration.Text);
        ModuleWeights.Load(text, _files, WeightNames.Behind("text_encoder.", WeightNames.Own));
        return text.States(FoundationNetwork.EmptyIds(_configuration.Text)).MoveToOuterDisposeScope();
    }

    /// <summary>What <see cref="ClipModel.EmbedText"/> gives, some texts at a time; of CLIP only the text tower is loaded for it, and let go again.</summary>
    /// <param name="ids">Token ids, [K, context].</param>
    /// <returns>[K, text width].</returns>
    public Tensor Texts(Tensor ids)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using ClipText text = new(_configuration.Clip.Text);
        ModuleWeights.Load(text, _files, WeightNames.Behind("clip.", WeightNames.Own));
        var projection = TensorFiles.Read(_tensors["clip.text_projection.weight"]).to(float32).t();
        return cat([.. ids.split(TextsAtATime).Select(some => ClipText.AtEnd(text.States(some), some).matmul(projection))]).MoveToOuterDisposeScope();
    }

    /// <summary>What <see cref="OpenVocabularyHead.Rows"/> gives.</summary>
    /// <param name="texts">CLIP's embeddings of texts, [K, text width].</param>
    public Tensor Rows(Tensor texts)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using OpenVocabularyHead head = new(_configuration.Vocabulary);
        ModuleWeights.Load(head, _files, WeightNames.Behind("vocabulary.", WeightNames.Own));
        return head.Rows(texts).MoveToOuterDisposeScope();
    }

    private static ReadOnlyMemory<byte> Read(StoredTensor stored)
    {
        if (stored.Entry.Type == SafetensorsType.F32)
        {
            // Not through the mapping, whose pages would all stay in this process's memory.
            var bytes = new byte[stored.Entry.Length];
            stored.Reader.Copy(stored.Entry, bytes);
            return bytes;
        }

        using var scope = NewDisposeScope();
        return TensorFiles.Read(stored).to(float32).ToOnnx().Bytes;
    }
}
