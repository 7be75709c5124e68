using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;
using IMDD.Inference.Tiling;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>What every bundle has to pass before it runs here, whichever way it came, and how it is run.</summary>
internal sealed class BundleOpener(
    IOptions<ModelOptions> options, IOptions<AgentOptions> agent, IOptions<StoreOptions> store, TrustStore trust, ILogger<BundleOpener> logger)
{
    private const string LedgerFile = "releases.json";
    private const string EngineFolder = "engines";

    private readonly Lock _ledgerLock = new();
    private readonly ModelOptions _model = options.Value;

    // Once: a file that is gone later, at the end of a key change, must not stop a line.
    private readonly Lazy<TrustedKeys> _keys = new(() => TrustedKeys.Load(options.Value.TrustedKeys));

    /// <summary>Whose bundles are taken.</summary>
    public BundleTrust Trust() => new()
    {
        Keys = trust.Root is { } root ? root.ReleaseKeys : _keys.Value,
        KnownDigests = ShippedBundles.Digests,
        AllowUnsigned = _model.AllowUnsigned,
    };

    /// <summary>True where a root document says which keys may sign.</summary>
    public bool HasRoot => trust.Root is not null;

    /// <summary>Says that the root document has expired, so that nothing new comes into force by it; null: it has not, or there is none.</summary>
    public string? ExpiredRoot(DateTimeOffset now)
        => trust.Root is { } root && root.IsExpired(now) ? $"Root document {root.Document.Version} has expired at {root.Document.ExpiresAt:O}" : null;

    /// <summary>A bundle of which every byte has been checked.</summary>
    /// <exception cref="ModelBundleException">It is not to be trusted.</exception>
    public ModelBundle Open(string folder) => ModelBundle.Open(folder, Trust());

    /// <summary>
    /// A bundle that has run here: with a root document it goes on though its signer has been withdrawn since, or a line would stop by itself.
    /// </summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="digest">What has run.</param>
    /// <exception cref="ModelBundleException">It is not to be trusted.</exception>
    public ModelBundle OpenProven(string folder, string digest)
    {
        try
        {
            return Open(folder);
        }
        catch (ModelBundleException e) when (e.Fault == BundleFault.Signature && trust.Root is not null)
        {
            var bundle = ModelBundle.Open(folder, new BundleTrust { KnownDigests = new HashSet<string>(StringComparer.Ordinal) { digest } });
            Log.SignerWithdrawn(logger, digest, folder, e.Message);
            return bundle;
        }
    }

    /// <summary>
    /// The configured bundle of a group of cameras: taken as <see cref="OpenProven"/> says if it was the last of its name to be kept here, or is what the
    /// group last started with, since the last one may be another group's.
    /// </summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="group">Name of the group; null: the rest.</param>
    /// <exception cref="ModelBundleException">It is not to be trusted.</exception>
    public ModelBundle OpenConfigured(string folder, string? group)
    {
        return trust.Root is not null && ModelBundle.DigestOf(folder) is var digest && Ledger() is var ledger && (ledger.HasKept(digest) || ledger.HasConfigured(group, digest))
            ? OpenProven(folder, digest)
            : Open(folder);
    }

    /// <summary>Whether a group of cameras may start with its configured bundle: what it last started with so goes on, whatever others have kept since.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="group">Name of the group; null: the rest.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ModelBundleException">It is older than what has run here, expired, or for a later agent.</exception>
    public void CheckConfigured(ModelBundle bundle, string? group, DateTimeOffset now)
    {
        if (Ledger().HasConfigured(group, bundle.Digest))
        {
            CheckVersion(bundle.Manifest);
            return;
        }

        Check(bundle.Manifest, bundle.Digest, bundle.SignedBy, now);
    }

    /// <summary>Whether a release may become active.</summary>
    /// <exception cref="ModelBundleException">It is older than what has run here, expired, or for a later agent.</exception>
    public void Check(BundleManifest manifest, string digest, string? signedBy, DateTimeOffset now)
    {
        Ledger().Check(manifest, digest, signedBy, now);
        if (signedBy is not null && ExpiredRoot(now) is { } root && !Ledger().HasKept(digest))
        {
            throw new ModelBundleException($"{root}: no release becomes active by it.", fault: BundleFault.Expired);
        }

        CheckVersion(manifest);
    }

    /// <summary>Remembers a delivered release that has passed everything; returns when that is durable.</summary>
    /// <param name="bundle">The release.</param>
    /// <param name="group">Name of the group of cameras that keeps it; null: the rest.</param>
    public void Accept(ModelBundle bundle, string? group)
    {
        lock (_ledgerLock)
        {
            Ledger().Accept(group, bundle.Manifest, bundle.Digest, bundle.SignedBy);
        }
    }

    /// <summary>Remembers the configured bundles that groups start with, all or none; returns when that is durable.</summary>
    public void AcceptConfigured(IReadOnlyList<(string? Group, ModelBundle Bundle)> started)
    {
        lock (_ledgerLock)
        {
            Ledger().AcceptConfigured(started);
        }
    }

    /// <summary>True where an engine is made for the sizes that the configuration names, and refuses others.</summary>
    public bool MakesEngines => _model.ExecutionProvider == ExecutionProviders.TensorRt;

    /// <summary>Frames of the sizes that the configuration names, as cameras give them to a model.</summary>
    /// <param name="cameras">The cameras; empty: all.</param>
    public IEnumerable<SeenFrame> NamedFrames(IReadOnlyList<string> cameras)
        => from text in _model.WarmUpSizes
           let size = FrameSize.TryParse(text, out var parsed) ? parsed : throw new FormatException(text)
           from tiles in CameraTiles.All(agent.Value, cameras)
           select new SeenFrame(size.Width, size.Height, tiles);

    /// <summary>How a model is run here.</summary>
    /// <param name="frames">Frames to run once; the cameras' tiles come with them.</param>
    /// <param name="manifest">The model's.</param>
    /// <param name="cameras">The cameras that it is for; empty: all.</param>
    public SegmenterOptions Options(IEnumerable<SeenFrame> frames, BundleManifest manifest, IReadOnlyList<string> cameras)
    {
        List<(int Width, int Height)> tiles = [.. CameraTiles.All(agent.Value, cameras).OfType<TilePlan>().Select(plan => plan.SizeFor(manifest.Stride))];
        List<(int Width, int Height)> named = [.. NamedFrames(cameras).Select(frame => frame.InputFor(manifest.Stride))];
        return _model.ToProvider() with
        {
            EngineCacheDirectory = EngineCache(),
            MaxBatch = agent.Value.MaxBatch,
            WarmUpSizes = [.. frames.Select(frame => frame.InputFor(manifest.Stride)).Concat(tiles).Distinct()],
            Engine = named.Count > 0 ? new EngineProfile([.. named.Concat(tiles).Distinct()], agent.Value.MaxBatch) : null,
        };
    }

    private static void CheckVersion(BundleManifest manifest)
    {
        var own = typeof(BundleOpener).Assembly.GetName().Version!;
        if (manifest.MinAgentVersion is { } text && (!Version.TryParse(text, out var least) || own < least))
        {
            throw new ModelBundleException($"{ModelBundle.ManifestFile}: minAgentVersion is '{text}'; this agent is {own.ToString(3)}.", fault: BundleFault.Version);
        }
    }

    private string EngineCache() => _model switch
    {
        { ExecutionProvider: not ExecutionProviders.TensorRt } => "",
        { EngineCacheDirectory.Length: > 0 } => _model.EngineCacheDirectory,
        _ => Path.Combine(store.Value.Directory, EngineFolder),
    };

    private ReleaseLedger Ledger() => new(Path.Combine(store.Value.Directory, LedgerFile));
}
