using IMDD.Edge.Agent.Outcomes;
using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Opens the bundle named in the configuration, if whoever signed it is trusted and it is no step back.</summary>
internal sealed class ModelLoader(
    IOptions<ModelOptions> options,
    IOptions<AgentOptions> agent,
    IOptions<StoreOptions> store,
    StationRecipe recipe,
    TimeProvider time,
    ILogger<ModelLoader> logger) : IModelLoader
{
    private const string LedgerFile = "releases.json";

    /// <inheritdoc/>
    public ISegmenter Load()
    {
        var model = options.Value;
        var folder = Find(model.BundleDirectory);
        try
        {
            ReleaseLedger ledger = new(Path.Combine(store.Value.Directory, LedgerFile));
            var bundle = ModelBundle.Open(folder, new BundleTrust
            {
                Keys = TrustedKeys.Load(model.TrustedKeys),
                KnownDigests = ShippedBundles.Digests,
                AllowUnsigned = model.AllowUnsigned,
            });
            ledger.Check(bundle, time.GetUtcNow());
            CheckAgentVersion(bundle);
            var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions
            {
                ExecutionProvider = model.ExecutionProvider,
                Threads = model.Threads,
                DeviceId = model.DeviceId,
                MaxBatch = agent.Value.MaxBatch,
                WarmUpSizes = [.. model.WarmUpSizes.Select(text => FrameSize.TryParse(text, out var size) ? size : throw new FormatException(text))],
                Deadline = recipe.Deadline,
            });
            ledger.Accept(bundle);
            Log.ModelTrusted(logger, bundle.Manifest.Name, bundle.Digest, bundle.SignedBy ?? (ShippedBundles.Digests.Contains(bundle.Digest) ? "this program" : "nobody"));
            return segmenter;
        }
        catch (ModelBundleException e)
        {
            throw new ConfigurationInvalidException($"{ModelOptions.Section}:{nameof(model.BundleDirectory)}", $"must be a folder with a model bundle; {folder}: {e.Message}", e);
        }
        catch (SegmenterException e)
        {
            throw new ConfigurationInvalidException($"{ModelOptions.Section}:{nameof(model.ExecutionProvider)}", $"the bundle {folder} does not run: {e.Message}", e);
        }
    }

    private static void CheckAgentVersion(ModelBundle bundle)
    {
        var own = typeof(ModelLoader).Assembly.GetName().Version!;
        if (bundle.Manifest.MinAgentVersion is { } text && (!Version.TryParse(text, out var least) || own < least))
        {
            throw new ModelBundleException($"{ModelBundle.ManifestFile}: minAgentVersion is '{text}'; this agent is {own.ToString(3)}.");
        }
    }

    private static string Find(string folder)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, folder);
        return Path.IsPathRooted(folder) || Directory.Exists(folder) || !Directory.Exists(beside) ? Path.GetFullPath(folder) : beside;
    }
}
