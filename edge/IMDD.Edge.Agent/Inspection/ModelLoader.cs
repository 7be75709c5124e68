using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Opens the bundle named in the configuration.</summary>
internal sealed class ModelLoader(IOptions<ModelOptions> options, IOptions<AgentOptions> agent) : IModelLoader
{
    /// <inheritdoc/>
    public ISegmenter Load()
    {
        var model = options.Value;
        var folder = Find(model.BundleDirectory);
        try
        {
            return SegmenterFactory.Create(ModelBundle.Open(folder), new SegmenterOptions
            {
                ExecutionProvider = model.ExecutionProvider,
                Threads = model.Threads,
                DeviceId = model.DeviceId,
                MaxBatch = agent.Value.MaxBatch,
                WarmUpSizes = [.. model.WarmUpSizes.Select(text => FrameSize.TryParse(text, out var size) ? size : throw new FormatException(text))],
            });
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

    private static string Find(string folder)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, folder);
        return Path.IsPathRooted(folder) || Directory.Exists(folder) || !Directory.Exists(beside) ? Path.GetFullPath(folder) : beside;
    }
}
