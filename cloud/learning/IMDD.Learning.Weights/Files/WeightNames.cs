namespace IMDD.Learning.Weights.Files;

/// <summary>The names under which a kind of checkpoint stores a network's tensors.</summary>
public sealed class WeightNames
{
    private readonly Func<string, IEnumerable<string>> _candidates;
    private readonly Func<string, bool> _ignored;

    private WeightNames(Func<string, IEnumerable<string>> candidates, Func<string, bool> ignored)
    {
        _candidates = candidates;
        _ignored = ignored;
    }

    /// <summary>Our own names, as a model's checkpoint has them.</summary>
    public static WeightNames Own { get; } = new(name => [name], _ => false);

    /// <summary>The denoising network in a diffusers folder: our own names.</summary>
    public static WeightNames DiffusersUnet { get; } = new(name => [name], _ => false);

    /// <summary>The autoencoder in a diffusers folder; before 0.18 its attention was spelt query, key, value, proj_attn.</summary>
    public static WeightNames DiffusersVae { get; } = new(name => [name, OldVaeName(name)], _ => false);

    /// <summary>
    /// CLIP in a Hugging Face folder: position ids, which older versions stored, are an enumeration and not weights; a folder of a whole CLIP also
    /// serves one tower.
    /// </summary>
    public static WeightNames HuggingFaceClip { get; } = new(name => [name], name => name.EndsWith(".position_ids", StringComparison.Ordinal));

    /// <summary>Where the names of <paramref name="inner"/> stand behind a prefix; tensors without it belong to others and are ignored.</summary>
    public static WeightNames Behind(string prefix, WeightNames inner) => new(
        name => inner._candidates(name).Select(candidate => prefix + candidate),
        name => !name.StartsWith(prefix, StringComparison.Ordinal) || inner._ignored(name[prefix.Length..]));

    /// <summary>The denoising network in a single-file checkpoint (<c>model.diffusion_model.</c>); the averaged copies <c>model_ema.</c> are ignored.</summary>
    /// <param name="layersPerBlock">Residual blocks per level: single files number blocks through.</param>
    public static WeightNames SingleFileUnet(int layersPerBlock)
        => Behind("model.diffusion_model.", new WeightNames(name => [LatentDiffusionNames.Unet(name, layersPerBlock)], _ => false));

    /// <summary>The autoencoder in a single-file checkpoint (<c>first_stage_model.</c>).</summary>
    /// <param name="levels">Number of levels: single files number those of the decoder from the finest.</param>
    public static WeightNames SingleFileVae(int levels)
        => Behind("first_stage_model.", new WeightNames(name => [LatentDiffusionNames.Vae(name, levels)], _ => false));

    /// <summary>The text tower in a single-file checkpoint (<c>cond_stage_model.transformer.</c>).</summary>
    public static WeightNames SingleFileText { get; } = Behind("cond_stage_model.transformer.", HuggingFaceClip);

    /// <summary>Names in the file for a tensor, the likeliest first.</summary>
    public IEnumerable<string> Candidates(string name) => _candidates(name);

    /// <summary>Whether a tensor of the file is none of the network's business.</summary>
    public bool IsIgnored(string name) => _ignored(name);

    private static string OldVaeName(string name) => !name.Contains(".attentions.", StringComparison.Ordinal)
        ? name
        : name.Replace(".to_q.", ".query.", StringComparison.Ordinal)
            .Replace(".to_k.", ".key.", StringComparison.Ordinal)
            .Replace(".to_v.", ".value.", StringComparison.Ordinal)
            .Replace(".to_out.0.", ".proj_attn.", StringComparison.Ordinal);
}
