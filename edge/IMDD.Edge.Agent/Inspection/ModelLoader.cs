using System.Runtime.ExceptionServices;
using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Groups;
using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Opens the bundle that a group of cameras starts with: the slot that decides; if that cannot be used the other slot; if there is none, the bundle of
/// the configuration, if whoever signed it is trusted and it is no step back.
/// </summary>
internal sealed class ModelLoader(
    BundleOpener opener, DeliveryOptions delivery, AgentIdentity identity, RunMark mark, TimeProvider time, ILogger<ModelLoader> logger) : IModelLoader
{
    /// <inheritdoc/>
    public IReadOnlyList<LoadedModel> Load(IReadOnlyList<CameraGroup> groups)
    {
        // All before a model is loaded, which may end the process again.
        CountStarts(groups);
        List<LoadedModel> loaded = [];
        List<(string? Group, ModelBundle Bundle)> configured = [];
        List<(CameraGroup Group, SlotState Pointer)> moved = [];
        ExceptionDispatchInfo? broken = null;
        try
        {
            foreach (var group in groups)
            {
                mark.Enter(group);
                loaded.Add(TryLoad(group, configured, moved, ref broken));
            }

            if (broken is not null && loaded.TrueForAll(model => model.Segmenter is null))
            {
                broken.Throw();
            }
        }
        catch
        {
            loaded.ForEach(model => model.Segmenter?.Dispose());
            throw;
        }
        finally
        {
            mark.Leave();
        }

        // All are checked before one is remembered: two groups may start with two releases of one name.
        opener.AcceptConfigured(configured);

        // After the ledger: what a slot stands for is not checked again.
        moved.ForEach(group => group.Group.Slots.Write(group.Pointer));
        return loaded;
    }

    /// <summary>Frames of a group without a model end as undecided, and a release that is delivered to it may mend that.</summary>
    private LoadedModel TryLoad(
        CameraGroup group, List<(string? Group, ModelBundle Bundle)> configured, List<(CameraGroup Group, SlotState Pointer)> moved, ref ExceptionDispatchInfo? broken)
    {
        try
        {
            return Load(group, configured, moved);
        }
        catch (ConfigurationInvalidException e)
        {
            broken ??= ExceptionDispatchInfo.Capture(e);
            Log.GroupWithoutModel(logger, group.Name, e.Message);
            return new LoadedModel(Segmenter: null, SlotState.Names[0], e.Message);
        }
    }

    private LoadedModel Load(CameraGroup group, List<(string? Group, ModelBundle Bundle)> configured, List<(CameraGroup Group, SlotState Pointer)> moved)
    {
        if (group.Slots.State is not { } state)
        {
            return new LoadedModel(LoadNew(group, configured), SlotState.Names[0]);
        }

        if (!state.Slots.ContainsKey(state.Active))
        {
            // The configuration's could not be loaded when something was delivered.
            var mended = LoadNew(group, configured);
            moved.Add((group, state.With(state.Active, ConfiguredContent(mended))));
            return new LoadedModel(mended, state.Active);
        }

        if (TryLoad(group, state, state.Active, configured) is { } active)
        {
            if (state.Deciding() is { IsConfigured: true } content && content.Model.Digest != active.Digest)
            {
                moved.Add((group, state.With(state.Active, ConfiguredContent(active))));
            }

            return new LoadedModel(active, state.Active);
        }

        var other = state.Other();
        if (TryLoad(group, state, other, configured) is { } fallback)
        {
            Fall(group, state, other, RolloutReason.IncompatibleRuntime, "It could not be loaded at a start.");
            return new LoadedModel(fallback, other);
        }

        // A line without a model is worse than the configuration's older one. Where a slot stands for that, it has been refused above with a reason.
        var known = state.Slots.Values.FirstOrDefault(content => content.IsConfigured)?.Model.Digest;
        return new LoadedModel(known is null ? UseConfigured(group, bundle => Create(group, bundle)) : LoadConfigured(group, known, configured), SlotState.Names[0]);
    }

    /// <summary>
    /// A start counts against the candidates that were at work when the last life ended, and then against no trial; else against the release on trial under
    /// which it ended; where that cannot be told, against each.
    /// </summary>
    private void CountStarts(IReadOnlyList<CameraGroup> groups)
    {
        var candidates = groups.Where(group => mark.HadCandidate(group) && group.Slots.State?.Candidate is not null).ToList();
        foreach (var group in candidates)
        {
            var state = group.Slots.State!;
            Count(group, () => group.Slots.Write(state with { Candidate = state.Candidate! with { Deaths = state.Candidate.Deaths + 1 } }));
        }

        if (candidates.Count > 0)
        {
            return;
        }

        var onTrial = groups.Where(group => group.Slots.State?.Trial is not null).ToList();
        var suspects = onTrial.Where(mark.MayHaveEnded).ToList();
        foreach (var group in suspects.Count > 0 ? suspects : onTrial)
        {
            Count(group, () => CountStart(group, group.Slots.State!, group.Slots.State!.Trial!));
        }
    }

    /// <summary>Where there is no room to write it down a start does not count: the agent may be what makes room, by sending what is stored.</summary>
    private void Count(CameraGroup group, Action count)
    {
        try
        {
            count();
        }
        catch (StoreUnavailableException e)
        {
            Log.StartNotCounted(logger, group.Name, e.Message);
        }
    }

    /// <summary>A release on trial that ends the process must not do so for ever.</summary>
    private void CountStart(CameraGroup group, SlotState state, SlotTrial trial)
    {
        if (trial.Starts < delivery.MaxTrialStarts || (!trial.IsRecipeAlone && !state.Slots.ContainsKey(state.Other())))
        {
            group.Slots.Write(state with { Trial = trial with { Starts = trial.Starts + 1 } });
            return;
        }

        // A recipe alone leaves the slot as it is.
        Fall(
            group, state, trial.IsRecipeAlone ? state.Active : state.Other(), RolloutReason.HealthRegression, $"The process was started {trial.Starts + 1} times while it was on trial.");
    }

    /// <summary>Goes to the other slot, or back to the recipe before, for good.</summary>
    private void Fall(CameraGroup group, SlotState state, string other, string reason, string detail)
    {
        var failed = state.Deciding().Model;
        if (other == state.Active)
        {
            Log.RecipeTakenOut(logger, state.Recipe, detail);
        }
        else
        {
            Log.SlotAbandoned(logger, state.Active, failed.Name, failed.Digest, other, detail);
        }

        group.Slots.Write(state.WithRecipeBack() with
        {
            Active = other,
            Trial = null,

            // A wish that was fulfilled and is so no more is followed anew.
            Closed = state.Trial is { } trial
                ? RolloutSteps.Failed(identity.Name, trial.RolloutId, failed, RolloutStepWord.RolledBack, reason, detail) with
                {
                    Slot = state.Active,
                    Group = group.Name,

                    // Where the slot changes it is the model that is at fault.
                    RecipeDigest = other == state.Active ? state.Recipe : null,
                }
                : state.Closed?.Model.Digest == failed.Digest ? null : state.Closed,
        });
    }

    /// <summary>The model of a slot; null where it is empty or cannot be used.</summary>
    public ISegmenter? TryLoad(CameraGroup group, SlotState state, string slot)
    {
        List<(string? Group, ModelBundle Bundle)> configured = [];
        var segmenter = TryLoad(group, state, slot, configured);
        try
        {
            if (configured.Count > 0)
            {
                opener.AcceptConfigured(configured);
            }

            return segmenter;
        }
        catch
        {
            segmenter?.Dispose();
            throw;
        }
    }

    /// <param name="group">The cameras that it is for.</param>
    /// <param name="state">The pointer.</param>
    /// <param name="slot">Its name.</param>
    /// <param name="configured">Takes what has to be remembered.</param>
    private ISegmenter? TryLoad(CameraGroup group, SlotState state, string slot, List<(string? Group, ModelBundle Bundle)> configured)
    {
        if (!state.Slots.TryGetValue(slot, out var content))
        {
            return null;
        }

        try
        {
            // No ledger here: what lies in a slot has passed it, and the slot before the newest release must stay a place to go back to.
            var folder = group.Slots.FolderOf(slot, content.Model.Digest);
            return content.IsConfigured
                ? LoadConfigured(group, content.Model.Digest, configured)
                : Create(group, content.HasDecided ? opener.OpenProven(folder, content.Model.Digest) : opener.Open(folder));
        }
        catch (Exception e) when (e is ModelBundleException or SegmenterException or ConfigurationInvalidException)
        {
            Log.SlotUnusable(logger, slot, content.Model.Name, content.Model.Digest, e.Message);
            return null;
        }
    }

    /// <summary>The configured model of a group to which nothing was delivered: no step back, and within the deadline.</summary>
    private ISegmenter LoadNew(CameraGroup group, List<(string? Group, ModelBundle Bundle)> configured)
        => UseConfigured(group, bundle => CreateNew(group, bundle, configured));

    /// <summary>The configured model that a slot stands for. Its folder is not the slot's: what somebody has put there since is as new as any.</summary>
    private ISegmenter LoadConfigured(CameraGroup group, string digest, List<(string? Group, ModelBundle Bundle)> configured)
        => UseConfigured(group, bundle => bundle.Digest == digest ? Create(group, bundle) : CreateNew(group, bundle, configured));

    private ISegmenter CreateNew(CameraGroup group, ModelBundle bundle, List<(string? Group, ModelBundle Bundle)> configured)
    {
        opener.CheckConfigured(bundle, group.Name, time.GetUtcNow());
        var segmenter = Create(group, bundle, group.Recipes.Configured.Deadline);
        configured.Add((group.Name, bundle));
        return segmenter;
    }

    private static SlotContent ConfiguredContent(ISegmenter segmenter)
        => SlotContent.Configured(segmenter.Manifest.Name, segmenter.Manifest.Version, segmenter.Digest);

    private ISegmenter UseConfigured(CameraGroup group, Func<ModelBundle, ISegmenter> use)
    {
        var folder = Find(group.Bundle.Directory);
        try
        {
            return use(opener.OpenConfigured(folder, group.Name));
        }
        catch (ModelBundleException e)
        {
            throw new ConfigurationInvalidException(group.Bundle.Key, $"must be a folder with a model bundle; {folder}: {e.Message}", e);
        }
        catch (SegmenterException e)
        {
            var key = e.Fault == SegmenterFault.Provider ? $"{ModelOptions.Section}:{nameof(ModelOptions.ExecutionProvider)}" : group.Bundle.Key;
            throw new ConfigurationInvalidException(key, $"the bundle {folder} does not run: {e.Message}", e);
        }
    }

    private ISegmenter Create(CameraGroup group, ModelBundle bundle, TimeSpan? deadline = null)
    {
        List<SeenFrame> frames = [.. opener.NamedFrames(group.Cameras)];
        if (deadline is not null && frames.Count == 0)
        {
            // Too small for most lines, and enough to tell a model that can never keep the deadline.
            frames.Add(SeenFrame.StandIn);
        }

        var segmenter = SegmenterFactory.Create(bundle, opener.Options(frames, bundle.Manifest, group.Cameras) with { Deadline = deadline });
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
