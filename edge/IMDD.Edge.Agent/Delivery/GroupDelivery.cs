using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.State;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Recipes;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Follows what is desired of a group of cameras, a model and its recipe: fetch, check, warm up beside the model that decides, swap between two batches, watch,
/// keep or go back. Whatever happens on the way, the model that decides goes on, and what decides for other groups is not touched.
/// </summary>
internal sealed class GroupDelivery(
    CameraGroup group,
    RecipeDelivery recipes,
    CandidateLoader loader,
    AgentIdentity identity,
    AgentOptions agent,
    DeliveryOptions options,
    BundleDownload download,
    CandidateTurn turn,
    RunMark mark,
    RootUpdate roots,
    BundleOpener opener,
    ModelLoader starting,
    FeedbackPublisher feedback,
    StatePublisher states,
    CrashPoints crashPoints,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<GroupDelivery> logger) : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>A download says how far it is no more often than this.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);

    private readonly SlotStore _slots = group.Slots;
    private readonly ModelSlot _slot = group.Slot;
    private readonly RecipeInForce _inForce = group.Recipes;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wished = new(0);
    private GroupWish? _wish;
    private CancellationTokenSource? _following;
    private string? _followed;

    /// <summary>The cameras.</summary>
    public CameraGroup Group => group;

    /// <summary>Its recipes.</summary>
    public RecipeDelivery Recipes => recipes;

    /// <summary>Takes a wish. A newer one ends what was begun for an older, unless that decides already; one that comes again, as every retained message does, is the same.</summary>
    public void Take(GroupWish wish)
    {
        lock (_lock)
        {
            if ((_wish?.RolloutId ?? _followed) == wish.RolloutId)
            {
                return;
            }

            _wish = wish;
            _following?.Cancel();
        }

        _wished.Release();
    }

    /// <summary>Nothing is desired any more: what was begun for the last wish ends, unless that decides already; what runs goes on.</summary>
    public void TakeBack()
    {
        lock (_lock)
        {
            (_wish, _followed) = (null, null);
            _following?.Cancel();
        }
    }

    /// <summary>Works until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_slots.State is { Trial: { } trial } state)
        {
            // The process ended while a release or a recipe was on trial, and has come up on it.
            await TryOutAsync(trial.RolloutId, state.Deciding().Model, previous: null, isResumed: true, cancellationToken);
        }

        while (true)
        {
            await _wished.WaitAsync(cancellationToken);
            GroupWish? wish;
            CancellationTokenSource following;
            lock (_lock)
            {
                (wish, _wish) = (_wish, null);
                _followed = wish?.RolloutId;
                _following = following = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            }

            try
            {
                if (wish is not null)
                {
                    await FollowAsync(wish, following.Token, cancellationToken);
                }
            }
            finally
            {
                lock (_lock)
                {
                    (_following, _followed) = (null, null);
                }

                following.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wished.Dispose();

    private async Task FollowAsync(GroupWish wish, CancellationToken newer, CancellationToken stop)
    {
        if (_slots.State?.Closed is { } closed && closed.RolloutId == wish.RolloutId
            && (closed.Result != RolloutResult.Success || recipes.IsInForce(wish.Recipe)))
        {
            Say(closed);
            return;
        }

        try
        {
            await FulfilAsync(wish, newer, stop);
        }
        catch (StoreUnavailableException e)
        {
            // Said and not kept, for there is nowhere to keep it: it is followed anew at the next start.
            Say(RolloutSteps.Failed(identity.Name, wish.RolloutId, wish.Model, RolloutStepWord.Rejected, RolloutReason.StorageFull, e.Message));
        }
    }

    private async Task FulfilAsync(GroupWish wish, CancellationToken newer, CancellationToken stop)
    {
        var model = wish.Model;
        crashPoints.Pass(CrashPoint.AfterWish);
        var deciding = _slot.Model is { } present && present.Digest == model.Digest ? present.Slot : null;
        if (deciding is not null && recipes.IsInForce(wish.Recipe))
        {
            if (_slots.State?.Trial is not null)
            {
                // What is on trial still is kept by its end alone, which has the ledgers written.
                await TryOutAsync(wish.RolloutId, model, previous: null, isResumed: true, stop);
                return;
            }

            Close(RolloutSteps.Committed(identity.Name, wish.RolloutId, model, deciding));
            return;
        }

        Say(wish.RolloutId, model, RolloutStepWord.Scheduled);
        try
        {
            if (wish.Install is { } window)
            {
                InstallWait.CheckNotOver(window, time.GetUtcNow());
            }

            var staged = await recipes.StageAsync(wish.Recipe, newer);
            if (deciding is not null)
            {
                await AwaitWindowAsync(wish, deciding, newer);
                await ActivateRecipeAsync(wish, staged!, newer, stop);
                return;
            }

            await StageAsync(wish.RolloutId, model, newer);
            await AwaitWindowAsync(wish, _slots.State!.Other(), newer);
            await ActivateAsync(wish, model, staged, newer, stop);
        }
        catch (OperationCanceledException) when (newer.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            Say(RolloutSteps.Canceled(identity.Name, wish.RolloutId, model));
        }
        catch (DeliveryException e) when (e.ReasonCode == RolloutReason.WindowMissed)
        {
            // What was fetched stays: it may be asked for in another window.
            Close(RolloutSteps.Failed(identity.Name, wish.RolloutId, model, RolloutStepWord.Rejected, e.ReasonCode, e.Message) with
            {
                // The model that decides already has missed nothing.
                RecipeDigest = deciding is not null ? wish.Recipe?.Digest : null,
            });
        }
        catch (Exception e) when (Refusal.Is(e))
        {
            _slots.Discard(model.Digest);
            Unstage(model);
            Close(RolloutSteps.Failed(identity.Name, wish.RolloutId, model, RolloutStepWord.Rejected, Refusal.CodeOf(e), e.Message) with
            {
                RecipeDigest = Refusal.IsOfRecipe(e) ? wish.Recipe?.Digest : null,
            });
        }
    }

    /// <summary>A slot whose release was refused is empty: no start may fall back on it.</summary>
    private void Unstage(ModelRelease model)
    {
        if (_slots.State is { } state && state.Slots.TryGetValue(state.Other(), out var there) && there.Model.Digest == model.Digest && !there.HasDecided)
        {
            _slots.Write(state.With(state.Other(), null));
        }
    }

    /// <summary>Brings a release, whole and trusted, into the slot that does not decide.</summary>
    private async Task StageAsync(string rolloutId, ModelRelease model, CancellationToken cancellationToken)
    {
        if (_slots.State is { } state && state.Slots.TryGetValue(state.Other(), out var there) && there.Model.Digest == model.Digest && !there.IsConfigured)
        {
            // From before the process ended, or from before another release was tried.
            return;
        }

        Say(rolloutId, model, RolloutStepWord.Downloading);
        await FetchAsync(rolloutId, model, cancellationToken);
        crashPoints.Pass(CrashPoint.AfterDownload);
        Say(rolloutId, model, RolloutStepWord.Verifying);
        var bundle = await turn.RunAsync(() => LowPriority.RunAsync(() => opener.Open(_slots.Incoming(model.Digest))), cancellationToken);
        opener.Check(bundle.Manifest, bundle.Digest, bundle.SignedBy, time.GetUtcNow());
        cancellationToken.ThrowIfCancellationRequested();
        crashPoints.Pass(CrashPoint.AfterVerify);
        var release = new ModelRelease(bundle.Manifest.Name, bundle.Manifest.Version, bundle.Digest, bundle.Manifest.ReleaseCounter);
        _slots.Place(_slots.State ?? Configured(), new SlotContent(release, IsConfigured: false, HasDecided: false, bundle.Manifest.ExpiresAt));
        crashPoints.Pass(CrashPoint.AfterStage);
    }

    /// <summary>The pointer of an agent to which nothing was delivered yet.</summary>
    private SlotState Configured()
    {
        if (_slot.Model is not { } model)
        {
            // Its bundle could not be loaded: the slot that would decide is empty.
            return new SlotState { Active = SlotState.Names[0], Slots = new Dictionary<string, SlotContent>(StringComparer.Ordinal) };
        }

        return new SlotState
        {
            Active = model.Slot,
            Slots = new Dictionary<string, SlotContent>(StringComparer.Ordinal)
            {
                [model.Slot] = SlotContent.Configured(model.Name, model.Version, model.Digest),
            },
        };
    }

    private async Task FetchAsync(string rolloutId, ModelRelease model, CancellationToken cancellationToken)
    {
        var delay = options.RetryDelay;
        var said = time.GetTimestamp();
        while (true)
        {
            try
            {
                // Another group has its turn while this one waits for what is away.
                await turn.RunAsync(() => download.FetchAsync(_slots, model, SayProgress, cancellationToken), cancellationToken);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
            {
                // The registry, the network or the disk is away: what has come stays, and the rest is asked for again.
                Log.DownloadBroken(logger, model.Digest, delay, e.Message);
                await Task.Delay(delay, time, cancellationToken);
                delay = delay * 2 < options.MaxRetryDelay ? delay * 2 : options.MaxRetryDelay;
            }
        }

        void SayProgress(long done, long total)
        {
            if (time.GetElapsedTime(said) >= ProgressInterval)
            {
                said = time.GetTimestamp();
                Say(RolloutSteps.Under(identity.Name, rolloutId, model, RolloutStepWord.Downloading) with { DoneBytes = done, TotalBytes = total });
            }
        }
    }

    /// <summary>Says that the release is there, and waits for the time in which it may be installed.</summary>
    private Task AwaitWindowAsync(GroupWish wish, string target, CancellationToken cancellationToken)
    {
        Say(RolloutSteps.Under(identity.Name, wish.RolloutId, wish.Model, RolloutStepWord.Staged) with
        {
            Slot = target,
            Detail = wish.Install is { } window && InstallWait.IsAhead(window, time.GetUtcNow()) ? $"It waits for {window.NotBefore:O}." : null,
        });
        return wish.Install is { } install ? InstallWait.UntilOpenAsync(install, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>A release may have lain in its slot for long, and its key been withdrawn; without the registry what is known decides.</summary>
    private async Task LookForRootAsync(CancellationToken cancellationToken)
    {
        try
        {
            await roots.FollowAsync(cancellationToken);
        }
        catch (HttpRequestException e)
        {
            Log.RootNotAsked(logger, e.Message);
        }
    }

    /// <summary>The model stays, the recipe changes.</summary>
    private async Task ActivateRecipeAsync(GroupWish wish, WishedRecipe staged, CancellationToken newer, CancellationToken stop)
    {
        await LookForRootAsync(newer);
        newer.ThrowIfCancellationRequested();
        recipes.Try(_slots.State ?? Configured(), wish.RolloutId, staged);
        states.ModelChanged();
        await TryOutAsync(wish.RolloutId, wish.Model, previous: null, isResumed: false, stop);
    }

    private async Task ActivateAsync(GroupWish wish, ModelRelease model, WishedRecipe? stagedRecipe, CancellationToken newer, CancellationToken stop)
    {
        var rolloutId = wish.RolloutId;
        var state = BeginCandidate(rolloutId);
        var target = state.Other();
        await LookForRootAsync(newer);
        Say(RolloutSteps.Under(identity.Name, rolloutId, model, RolloutStepWord.Warming) with { Slot = target });
        var recipe = recipes.Open(stagedRecipe);
        var (bundle, proven) = await turn.RunAsync(() => MarkedAsync(() => ProveAsync(target, model, recipe, newer)), newer);
        using (proven)
        {
            await WatchAsync(rolloutId, model, proven, newer);
        }

        var candidate = await turn.RunAsync(() => MarkedAsync(() => loader.LoadAsync(bundle)), newer);
        ISegmenter? previous = null;
        try
        {
            newer.ThrowIfCancellationRequested();
            foreach (var unknown in (recipe ?? _inForce.Current).Recipe.Classes.Keys.Where(id => candidate.Manifest.Classes.All(c => c.Id != id)))
            {
                Log.RecipeClassUnknown(logger, unknown, candidate.Manifest.Name);
            }

            if (wish.Install is { } install)
            {
                // It has watched for a while.
                InstallWait.CheckNotOver(install, time.GetUtcNow());
            }

            crashPoints.Pass(CrashPoint.AfterWarm);
            _slots.Write(RecipeDelivery.Into(
                state.With(target, state.Slots[target] with { HasDecided = true }) with { Active = target, Trial = new SlotTrial(rolloutId, Starts: 0), Candidate = null }, stagedRecipe));
            crashPoints.Pass(CrashPoint.AfterPointer);
            previous = _slot.Swap(candidate, target, () => recipes.Take(recipe));
        }
        catch
        {
            if (previous is null)
            {
                candidate.Dispose();
            }

            throw;
        }

        states.ModelChanged();
        Log.ModelSwapped(logger, bundle.Manifest.Name, bundle.Manifest.Version, bundle.Digest, target);
        crashPoints.Pass(CrashPoint.AfterSwap);
        await TryOutAsync(rolloutId, model, previous, isResumed: false, stop);
    }

    /// <summary>The pointer with the candidate of a wish, so that a process which ends while that is at work is held against it, not against another group's trial.</summary>
    /// <exception cref="DeliveryException">The process has ended of it often enough.</exception>
    private SlotState BeginCandidate(string rolloutId)
    {
        var state = _slots.State!;
        if (group.IsWholeAgent)
        {
            return state;
        }

        if (state.Candidate is not { } candidate || candidate.RolloutId != rolloutId)
        {
            state = state with { Candidate = new SlotCandidate(rolloutId, Deaths: 0) };
            _slots.Write(state);
        }
        else if (candidate.Deaths >= options.MaxTrialStarts)
        {
            throw new DeliveryException(RolloutReason.HealthRegression, $"The process has ended {candidate.Deaths} times while it was checked, watched or loaded.");
        }

        return state;
    }

    private async Task<T> MarkedAsync<T>(Func<Task<T>> work)
    {
        mark.EnterCandidate(group);
        try
        {
            return await work();
        }
        finally
        {
            mark.LeaveCandidate(group);
        }
    }

    /// <summary>Checks what lies in a slot again, since it may have lain there for long, and proves that it runs here.</summary>
    private async Task<(ModelBundle Bundle, ISegmenter Proven)> ProveAsync(string target, ModelRelease model, StationRecipe? recipe, CancellationToken newer)
    {
        var bundle = await LowPriority.RunAsync(() => opener.Open(_slots.FolderOf(target, model.Digest)));
        opener.Check(bundle.Manifest, bundle.Digest, bundle.SignedBy, time.GetUtcNow());
        newer.ThrowIfCancellationRequested();
        return (bundle, await loader.ProveAsync(bundle, (recipe ?? _inForce.Current).Deadline, _inForce.Current.Deadline));
    }

    /// <summary>
    /// Lets a release see the line's frames while another decides; what it says otherwise counts where it claims to say the same, or where it says
    /// otherwise nearly always.
    /// </summary>
    private async Task WatchAsync(string rolloutId, ModelRelease model, ISegmenter release, CancellationToken newer)
    {
        if (options.Shadow == TimeSpan.Zero || _slot.Model is not { } deciding)
        {
            return;
        }

        var shadowing = RolloutSteps.Under(identity.Name, rolloutId, model, RolloutStepWord.Shadowing) with { Slot = _slots.State!.Other() };
        var report = await MarkedAsync(() =>
        {
            Say(shadowing);
            return group.Shadow.WatchAsync(release, newer);
        });
        var isHeld = release.Manifest.ChangedClasses is not null && release.Manifest.TrainedFrom?.Parent == deciding.Digest;
        if (report.Failures > 0)
        {
            throw new DeliveryException(RolloutReason.HealthRegression, $"It failed on {report.Failures} of {report.Failures + report.Frames} of the line's frames while it watched.");
        }

        if (isHeld && ShadowRule.IsBeyond(report.Unexplained, report.Frames, options.MaxDisagreement))
        {
            throw new DeliveryException(
                RolloutReason.Disagreement, FormattableString.Invariant($"{report} At most {options.MaxDisagreement:P0} may be."));
        }

        if (ShadowRule.Reversal(report, options.MaxReversed) is { } reversal)
        {
            throw new DeliveryException(RolloutReason.Disagreement, reversal);
        }

        Say(shadowing with { Detail = report.ToString() });
    }

    /// <summary>What is not as the release's manifest predicts for this line; null: nothing, or nothing can be told.</summary>
    private string? Breach(LinePrediction? predicted) => predicted is null ? null : PredictionRule.Breach(predicted, _slot.Tally());

    /// <summary>What a release predicts of this station as it decides now: without a recipe of its own, or by the one that the prediction was made with.</summary>
    private LinePrediction? PredictionOf(BundleManifest? manifest)
    {
        try
        {
            // Frames of all of the cell's cameras were shown to it, whole, and long ago the line may have been another.
            var said = manifest is not null && group.IsWholeAgent && agent.Cameras.All(camera => camera.TileSize is null)
                && time.GetUtcNow() - manifest.CreatedAt <= options.PredictionMaxAge
                ? LinePrediction.Of(manifest, identity.Asset.ToString()) ?? LinePrediction.Of(manifest, identity.Asset.LinePath)
                : null;
            return said?.RecipeDigest == (_inForce.Current.IsBundleDefaults ? null : _inForce.Current.Digest) ? said : null;
        }
        catch (FormatException e)
        {
            Log.PredictionUnusable(logger, manifest!.Name, manifest.Version, e.Message);
            return null;
        }
    }

    /// <summary>
    /// Watches what is on trial, a release, a recipe or both, for as long as a trial takes; then keeps it, or goes back. Where neither can be written down it is
    /// watched on.
    /// </summary>
    /// <param name="rolloutId">The wish that it came by.</param>
    /// <param name="model">The release that decides.</param>
    /// <param name="previous">The model before, still warm; null after a restart, or where it is the same.</param>
    /// <param name="isResumed">True where it has been on trial before.</param>
    /// <param name="stop">Ends it: the trial goes on at the next start.</param>
    private async Task TryOutAsync(string rolloutId, ModelRelease model, ISegmenter? previous, bool isResumed, CancellationToken stop)
    {
        var (target, trial) = (_slots.State!.Active, _slots.State.Trial!);
        var said = RolloutSteps.Under(identity.Name, rolloutId, model, RolloutStepWord.Trial) with
        {
            Slot = target,
            Status = isResumed ? RolloutStatus.Resumed : RolloutStatus.Proceeding,
        };
        Say(said);
        try
        {
            var (began, failures) = (time.GetTimestamp(), trial.IsRecipeAlone ? _slot.Failures : 0);
            var predicted = trial.IsRecipeAlone ? null : PredictionOf(_slot.Manifest);
            var memory = trial.IsRecipeAlone || !group.IsWholeAgent ? null : new MemoryWatch(options.Trial, options.MaxMemoryGrowthBytes);
            while (true)
            {
                string? breach = null;
                while (_slot.Failures == failures && (breach = Breach(predicted) ?? recipes.Breach(trial) ?? memory?.Breach(time.GetElapsedTime(began), Environment.WorkingSet)) is null
                    && time.GetElapsedTime(began) < options.Trial)
                {
                    await Task.Delay(LookInterval, time, stop);
                }

                breach ??= _slot.Failures > failures ? $"It failed on {_slot.Failures - failures} of the line's frames." : null;
                try
                {
                    EndTrial(rolloutId, model, breach, ref previous);
                    return;
                }
                catch (StoreUnavailableException e)
                {
                    if (said.Detail is null)
                    {
                        said = said with { Detail = $"It goes on until its end can be written down: {e.Message}" };
                        Say(said);
                    }

                    await Task.Delay(options.RetryDelay, time, stop);
                }
            }
        }
        finally
        {
            previous?.Dispose();
            states.ModelChanged();
        }
    }

    /// <summary>Keeps what is on trial, or goes back.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written down: all is as it was.</exception>
    private void EndTrial(string rolloutId, ModelRelease model, string? breach, ref ISegmenter? previous)
    {
        var (target, trial) = (_slots.State!.Active, _slots.State.Trial!);
        if (breach is not null)
        {
            // Of a model and a recipe that came together nobody can tell which it was; the model stands for both.
            GoBack(rolloutId, model, ref previous, RolloutReason.HealthRegression, breach, trial.IsRecipeAlone);
            return;
        }

        try
        {
            // The ledger before the pointer: once it has been kept, nothing older may come by a wish, whenever the process ends.
            var kept = trial.IsRecipeAlone ? null : opener.Open(_slots.FolderOf(target, model.Digest));
            recipes.Accept(_slots.State);
            if (kept is not null)
            {
                opener.Accept(kept, group.Name);
                crashPoints.Pass(CrashPoint.AfterLedger);
            }
        }
        catch (Exception e) when (e is ModelBundleException or RecipeException)
        {
            GoBack(rolloutId, model, ref previous, Refusal.CodeOf(e), $"It cannot be kept: {e.Message}", isOfRecipe: e is RecipeException);
            return;
        }

        Close(RolloutSteps.Committed(identity.Name, rolloutId, model, target));
        crashPoints.Pass(CrashPoint.AfterKeep);
    }

    private void GoBack(string rolloutId, ModelRelease model, ref ISegmenter? previous, string reason, string detail, bool isOfRecipe)
    {
        var state = _slots.State!;
        var back = state.Other();
        var failed = RolloutSteps.Failed(identity.Name, rolloutId, model, RolloutStepWord.RolledBack, reason, detail) with
        {
            Slot = state.Active,
            Group = group.Name,
            RecipeDigest = isOfRecipe ? state.Recipe : null,
        };
        if (state.Trial!.IsRecipeAlone)
        {
            Log.RecipeTakenOut(logger, state.Recipe, detail);
            recipes.GoBack(state.WithRecipeBack() with { Trial = null, Closed = failed });
            Say(failed);
            telemetry.RolloutEnded(failed.Step, failed.ReasonCode);
            return;
        }

        Log.SlotAbandoned(logger, state.Active, model.Name, model.Digest, back, detail);
        previous ??= starting.TryLoad(group, state, back);
        if (previous is null)
        {
            // Nothing to go back to: an ailing model is better than none, and the process may be started anew on another.
            Close(failed);
            return;
        }

        var returned = state.WithRecipeBack() with { Active = back, Trial = null, Closed = failed };
        var recipe = recipes.Of(returned);
        crashPoints.Pass(CrashPoint.BeforeBack);
        _slots.Write(returned);
        crashPoints.Pass(CrashPoint.AfterBackPointer);
        var bad = _slot.Swap(previous, back, () => recipes.Take(recipe));
        previous = bad;
        crashPoints.Pass(CrashPoint.AfterBackSwap);
        Say(failed);
        telemetry.RolloutEnded(failed.Step, failed.ReasonCode);
    }

    private void Say(RolloutStep step) => feedback.Say(step with { Group = group.Name });

    private void Say(string rolloutId, ModelRelease model, string step) => Say(RolloutSteps.Under(identity.Name, rolloutId, model, step));

    /// <summary>The wish is over: kept, so that it is not followed again, and said.</summary>
    private void Close(RolloutStep step)
    {
        _slots.Write((_slots.State ?? Configured()) with { Trial = null, Candidate = null, Closed = step with { Group = group.Name } });
        Say(step);
        telemetry.RolloutEnded(step.Step, step.ReasonCode);
    }
}
