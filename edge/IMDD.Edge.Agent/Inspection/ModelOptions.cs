using System.ComponentModel.DataAnnotations;
using IMDD.Inference;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>The model to run.</summary>
public sealed class ModelOptions
{
    public const string Section = "Edge:Model";

    /// <summary>Folder of the bundle; relative: to the working folder, then to the agent's own.</summary>
    [Required]
    public string BundleDirectory { get; set; } = "bundles/contrast";

    /// <summary>
    /// PEM files with the public keys (ECDSA P-256) of which one must have signed the bundle; several, so that a key can be changed without a
    /// gap. The bundles that come with the agent need none.
    /// </summary>
    public IList<string> TrustedKeys { get; } = [];

    /// <summary>
    /// Root document (<c>root-N.dsse</c>) with which trust begins, in place of <see cref="TrustedKeys"/>: it says which keys may sign, and later ones
    /// that the registry has are followed. Kept in <c>trust</c> of <c>Edge:Store:Directory</c>.
    /// </summary>
    public string TrustRoot { get; set; } = "";

    /// <summary>True: a bundle that nobody signed is taken too. For trials, not for a line.</summary>
    public bool AllowUnsigned { get; set; }

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>. One that is absent is an error, never a silent fallback.</summary>
    [RegularExpression("^(cpu|cuda|tensorrt)$", ErrorMessage = "must be cpu, cuda or tensorrt")]
    public string ExecutionProvider { get; set; } = "cpu";

    /// <summary>Threads of one run; 0: one per physical core.</summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>Index of the accelerator.</summary>
    [Range(0, 63)]
    public int DeviceId { get; set; }

    /// <summary>Records the launches of a run once for each shape and replays them; needs <c>cuda</c>.</summary>
    public bool CudaGraphs { get; set; }

    /// <summary>Lets TensorRT compute in 16 bits where it finds that faster; needs <c>tensorrt</c>.</summary>
    public bool Fp16 { get; set; }

    /// <summary>
    /// Where TensorRT's engines are kept, each model's in a folder named by its digest and, in that, by the sizes that they are for; empty: in <c>engines</c> of <c>Edge:Store:Directory</c>.
    /// Needs <c>tensorrt</c>. What is in it can be deleted at any time.
    /// </summary>
    public string EngineCacheDirectory { get; set; } = "";

    /// <summary>
    /// Frame sizes to run before the first frame, in every batch size, <c>512x512</c>; tiles need not be named. A model that misses the recipe's
    /// deadline at one of them is refused. With <c>tensorrt</c> an engine is made for them, which refuses frames smaller or larger than all of them.
    /// </summary>
    public IList<string> WarmUpSizes { get; } = [];

    /// <summary>What of these is the execution provider's.</summary>
    internal SegmenterOptions ToProvider() => new()
    {
        ExecutionProvider = ExecutionProvider,
        Threads = Threads,
        DeviceId = DeviceId,
        CudaGraphs = CudaGraphs,
        Fp16 = Fp16,
        EngineCacheDirectory = EngineCacheDirectory,
    };
}
