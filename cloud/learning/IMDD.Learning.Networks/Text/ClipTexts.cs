using IMDD.Learning.Weights;

namespace IMDD.Learning.Networks.Text;

/// <summary>
/// CLIP's embeddings of texts, which never change: those that are kept with a model, and of any other text where CLIP is at hand. In plain memory, so that they
/// outlive what a step computes. Every text that is asked for stays.
/// </summary>
public sealed class ClipTexts
{
    private readonly Dictionary<string, float[]> _known = new(StringComparer.Ordinal);
    private readonly ClipTextEmbedder? _clip;

    /// <summary>Embeddings of every text.</summary>
    /// <param name="clip">Stays the caller's, and has to stay open.</param>
    public ClipTexts(ClipTextEmbedder clip)
        : this(clip.Reference, new Dictionary<string, float[]>(StringComparer.Ordinal), clip)
    {
    }

    /// <summary>Embeddings that were kept, and those of others where there is CLIP.</summary>
    /// <param name="reference">The CLIP that made them.</param>
    /// <param name="kept">By their texts.</param>
    /// <param name="clip">As of the other; null: no others.</param>
    /// <exception cref="ArgumentException">One of them has another length.</exception>
    /// <exception cref="WeightsException">It is another CLIP.</exception>
    public ClipTexts(ClipReference reference, IReadOnlyDictionary<string, float[]> kept, ClipTextEmbedder? clip)
    {
        clip?.Require(reference);
        (Reference, _clip) = (reference, clip);
        foreach (var (text, embedding) in kept)
        {
            _known[text] = embedding.Length == reference.Length
                ? embedding
                : throw new ArgumentException($"The embedding of '{text}' has length {embedding.Length}: expected {reference.Length}.", nameof(kept));
        }
    }

    /// <summary>All that are known here, and those of others with a CLIP.</summary>
    /// <param name="clip">As of the other.</param>
    /// <exception cref="WeightsException">It is another CLIP.</exception>
    public ClipTexts With(ClipTextEmbedder clip) => new(Reference, _known, clip);

    /// <summary>The CLIP that makes them.</summary>
    public ClipReference Reference { get; }

    /// <summary>The embedding of a text.</summary>
    /// <exception cref="ArgumentException">The text has no word in it.</exception>
    /// <exception cref="WeightsException">It is not kept, and there is no CLIP to make it.</exception>
    public float[] Of(string text)
    {
        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }

        if (!TextHash.Words(text).Any())
        {
            throw new ArgumentException($"'{text}' has no word in it.", nameof(text));
        }

        if (_clip is null)
        {
            throw new WeightsException($"The model has no row for '{text}', and none can be made without {Reference}: expected that CLIP.");
        }

        return _known[text] = _clip.Embed(text);
    }

    /// <summary>Makes what is not known of some texts, so that none of them takes time later.</summary>
    /// <exception cref="ArgumentException">As of <see cref="Of"/>.</exception>
    /// <exception cref="WeightsException">As of <see cref="Of"/>.</exception>
    public void Prepare(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            Of(text);
        }
    }
}
