using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Delivery;
using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Opens the bundle the agent starts with: the slot that decides; if that cannot be used the other slot; if there is none, the bundle of the
/// configuration, if whoever signed it is trusted and it is no step back.
/// </summary>
internal sealed class ModelLoader(
    BundleOpener opener, SlotStore slots, DeliveryOptions delivery, AgentIdentity identity, IOptions<ModelOptions> options, StationRecipe recipe, TimeProvider time,
    ILogger<ModelLoader> logger) : IModelLoader
{
    /// <inheritdoc/>
    public LoadedModel Load()
    {
        if (slots.State is null)
        {
            return new LoadedModel(LoadConfigured(isChecked: true), SlotState.Names[0]);
        }

        CountStart();
        var state = slots.State!;
        if (TryLoad(state, state.Active) is { } active)
        {
            return new LoadedModel(active, state.Active);
        }

        var other = state.Other();
        if (TryLoad(state, other) is { } fallback)
        {
            Fall(state, other, RolloutReason.IncompatibleRuntime, "It could not be loaded at a start.");
            return new LoadedModel(fallback, other);
        }

        // It has run here before, or came with the program; a line without a model is worse than an older one.
        return new LoadedModel(LoadConfigured(isChecked: false), SlotState.Names[0]);
    }

    /// <summary>A release on trial that ends the process must not do so for ever.</summary>
    private void CountStart()
    {
        var state = slots.State!;
        if (state.Trial is not { } trial)
        {
            return;
        }

        if (trial.Starts < delivery.MaxTrialStarts || !state.Slots.ContainsKey(state.Other()))
        {
            slots.Write(state with { Trial = trial with { Starts = trial.Starts + 1 } });
            return;
        }

        Fall(state, state.Other(), RolloutReason.HealthRegression, $"The process was started {trial.Starts + 1} times while it was on trial.");
    }

    /// <summary>Goes to the other slot for good.</summary>
    private void Fall(SlotState state, string other, string reason, string detail)
    {
        var failed = state.Deciding().Model;
        Log.SlotAbandoned(logger, state.Active, failed.Name, failed.Digest, other, detail);
        slots.Write(state.WithRecipeBack() with
        {
            Active = other,
            Trial = null,

            // A wish that was fulfilled and is so no more is followed anew.
            Closed = state.Trial is { } trial
                ? RolloutSteps.Failed(identity.Name, trial.RolloutId, failed, RolloutStepWord.RolledBack, reason, detail) with { Slot = state.Active }
                : state.Closed?.Model.Digest == failed.Digest ? null : state.Closed,
        });
    }

    /// <summary>The model of a slot; null where it is empty or cannot be used.</summary>
    public ISegmenter? TryLoad(SlotState state, string slot)
    {
        if (!state.Slots.TryGetValue(slot, out var content))
        {
            return null;
        }

        try
        {
            // No ledger here: what lies in a slot has passed it, and the slot before the newest release must stay a place to go back to.
            return content.IsConfigured ? LoadConfigured(isChecked: false) : Create(content.HasDecided
                    ? opener.OpenProven(slots.FolderOf(slot, content.Model.Digest), content.Model.Digest)
                    : opener.Open(slots.FolderOf(slot, content.Model.Digest)));
        }
        catch (Exception e) when (e is ModelBundleException or SegmenterException or ConfigurationInvalidException)
        {
            Log.SlotUnusable(logger, slot, content.Model.Name, content.Model.Digest, e.Message);
            return null;
        }
    }

    private ISegmenter LoadConfigured(bool isChecked)
    {
        var model = options.Value;
        var folder = Find(model.BundleDirectory);
        try
        {
            var bundle = opener.OpenConfigured(folder);
            if (!isChecked)
            {
                return Create(bundle);
            }

            opener.Check(bundle.Manifest, bundle.Digest, bundle.SignedBy, time.GetUtcNow());
            var segmenter = Create(bundle, recipe.Deadline);
            opener.Accept(bundle);
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

    private ISegmenter Create(ModelBundle bundle, TimeSpan? deadline = null)
    {
        IReadOnlyList<(int Width, int Height)> sizes = [.. opener.WarmUpSizes()];
        if (deadline is not null && sizes.Count == 0)
        {
            // Too small for most lines, and enough to tell a model that can never keep the deadline.
            sizes = [(CandidateLoader.DefaultSide, CandidateLoader.DefaultSide)];
        }

        var segmenter = SegmenterFactory.Create(bundle, opener.Options(sizes, bundle.Manifest) with { Deadline = deadline });
        Log.ModelTrusted(logger, bundle.Manifest.Name, bundle.Digest, bundle.SignedBy ?? (ShippedBundles.Digests.Contains(bundle.Digest) ? "this program" : "nobody"));
        return segmenter;
    }

    /// <summary>Where a folder of the configuration is: below the working folder, or else beside the program.</summary>
    public static string Find(string folder)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, folder);
        return Path.IsPathRooted(folder) || Directory.Exists(folder) || !Directory.Exists(beside) ? Path.GetFullPath(folder) : beside;
    }
}
