using System.Security.Cryptography;
using IMDD.Contracts.Identity;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Text;

/// <summary>CLIP's text tower with its projection (Radford et al. 2021), frozen: a text's embedding, in 32 bits on the CPU.</summary>
public sealed class ClipTextEmbedder : IDisposable
{
    private const string Stem = "model";
    private const int PieceBytes = 1 << 20;

    private readonly Tower _tower;
    private readonly ClipTokenizer _tokenizer;
    private readonly int _context;
    private readonly string[] _origins;

    private ClipTextEmbedder(Tower tower, ClipTokenizer tokenizer, int context, ClipReference reference, string[] origins)
    {
        (_tower, _tokenizer, _context, _origins) = (tower, tokenizer, context, origins);
        Reference = reference;
    }

    /// <summary>Which CLIP it is.</summary>
    public ClipReference Reference { get; }

    /// <summary>Reads one; of its image tower nothing.</summary>
    /// <param name="folder">Hugging Face folder of a whole CLIP: <c>config.json</c> and <c>model.safetensors</c>, or its parts.</param>
    /// <param name="tokenizer">Folder with <c>vocab.json</c> and <c>merges.txt</c>.</param>
    /// <exception cref="WeightsException">A file or a tensor is missing, wrong or not readable, or the tokenizer is another model's; the message names it.</exception>
    /// <exception cref="IMDD.Safetensors.SafetensorsException">The weights are malformed.</exception>
    public static ClipTextEmbedder Open(string folder, string tokenizer)
    {
        try
        {
            return Read(folder, tokenizer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{folder} with the tokenizer of {tokenizer} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Holds it against the one that a model was trained on.</summary>
    /// <exception cref="WeightsException">It is another; the message names what differs, with its digest.</exception>
    public void Require(ClipReference expected)
    {
        Check(_origins[0], Reference.Weights, expected.Weights);
        Check(_origins[1], Reference.Configuration, expected.Configuration);
        Check(_origins[2], Reference.Tokenizer, expected.Tokenizer);

        static void Check(string origin, string digest, string wanted)
        {
            if (digest != wanted)
            {
                throw new WeightsException($"{origin} has the digest {digest}: expected {wanted}, on which the model was trained.");
            }
        }
    }

    /// <summary>The embedding of a text, not normalised. A function of the text alone: what is asked with it or before it has no part in it.</summary>
    public float[] Embed(string text)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();

        // A token sees those before it, so that the filling behind the end, most of a context, need not be computed.
        var encoded = _tokenizer.Encode(text, Math.Min(_context, _tokenizer.Encode(text).Count));
        return _tower.Embed(tensor(encoded, [1, encoded.Length])).data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _tower.Dispose();

    private static ClipTextEmbedder Read(string folder, string tokenizer)
    {
        using var files = WeightFiles.OpenFolder(folder, Stem);
        var configuration = ClipConfiguration.OpenFolder(folder);
        var words = ClipTokenizer.Open(tokenizer);
        if (words.End != configuration.Text.Vocabulary - 1)
        {
            throw new WeightsException($"{tokenizer}: the tokenizer's largest id is {words.End}; expected {configuration.Text.Vocabulary - 1}, that of {folder}.");
        }

        var settings = Path.Combine(folder, ClipConfiguration.FileName);
        ClipReference reference = new(
            DigestOf(files.Paths),
            DigestOf([settings]),
            DigestOf([Path.Combine(tokenizer, TokenizerFiles.VocabularyFile), Path.Combine(tokenizer, TokenizerFiles.MergesFile)]),
            configuration.Projection);
        Tower tower = new(configuration);
        try
        {
            ModuleWeights.Load(tower, files, WeightNames.HuggingFaceClip);
        }
        catch
        {
            tower.Dispose();
            throw;
        }

        return new ClipTextEmbedder(tower, words, configuration.Text.Context, reference, [files.Origin, settings, tokenizer]);
    }

    private static string DigestOf(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];
        foreach (var path in paths)
        {
            using var file = File.OpenRead(path);
            for (var count = file.Read(piece); count > 0; count = file.Read(piece))
            {
                hash.AppendData(piece, 0, count);
            }
        }

        return ContentDigest.Prefix + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The part of CLIP that texts go through, under its names.</summary>
    private sealed class Tower : NamedModule
    {
        private readonly ClipTextModel _model;
        private readonly Linear _projection;

        public Tower(ClipConfiguration configuration)
            : base(nameof(Tower))
        {
            Placement placement = default;
            register_module("text_model", _model = new ClipTextModel(configuration.Text, placement));
            register_module("text_projection", _projection = placement.Linear(configuration.Text.Tower.Width, configuration.Projection, bias: false));
            eval();
        }

        public Tensor Embed(Tensor ids) => _projection.call(ClipText.AtEnd(_model.Forward(ids), ids));
    }
}
