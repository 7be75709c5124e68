using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Inference.Bundles;
using IMDD.Inference.Recipes;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// The recipe of a wish for a group of cameras: fetched by its digest, checked, kept on disk, checked again before it comes into force. Which is in force lies in one
/// pointer with the model, so that whenever the process ends it comes up on what was, or on what is to be.
/// </summary>
internal sealed class RecipeDelivery(
    CameraGroup group, RegistryClient registry, RootUpdate roots, BundleOpener opener, DeliveryOptions options, AgentOptions agent, CrashPoints crashPoints,
    TimeProvider time, ILogger<RecipeDelivery> logger)
{
    private readonly RecipeStore _store = group.RecipeFiles;
    private readonly SlotStore _slots = group.Slots;
    private readonly RecipeInForce _inForce = group.Recipes;
    private readonly ModelSlot _slot = group.Slot;

    /// <summary>True where a wish leaves the recipe as it is.</summary>
    public bool IsInForce(WishedRecipe? wished)
        => wished is null || (wished.Digest is { } digest ? digest == _inForce.Current.Digest : _inForce.Current == _inForce.Configured);

    /// <summary>
    /// Takes up what the pointer names, at the start. One that cannot be used gives way to the one before, if it came alone and is on trial, or else to the
    /// configuration's, and its wish is followed anew.
    /// </summary>
    public void Resume()
    {
        if (_slots.State is not { Recipe: { } digest } state)
        {
            return;
        }

        if (TryOpenKept(digest) is { } kept)
        {
            _inForce.Set(Of(kept));
            Log.RecipeInForce(logger, kept.Document.Recipe.Id, digest, kept.Document.Counter, kept.SignedBy ?? "nobody who is trusted by now");
            return;
        }

        if (state.Trial is { IsRecipeAlone: true })
        {
            // Nothing is on trial any more: the one before goes on, and the wish is followed anew.
            _slots.Write(state.WithRecipeBack() with { Trial = null, Closed = null });
            Resume();
            return;
        }

        Log.RecipeAbandoned(logger, digest, _inForce.Configured.Recipe.Id, _inForce.Configured.Digest);
        _slots.Write(state with { Recipe = null, Closed = null });
    }

    /// <summary>Brings a wish's recipe, trusted, to the disk; null: the wish leaves it as it is.</summary>
    /// <exception cref="RecipeException">It is not taken.</exception>
    /// <exception cref="DeliveryException">The registry does not have it.</exception>
    /// <exception cref="ModelBundleException">The registry's root documents do not follow the trusted one.</exception>
    public async Task<WishedRecipe?> StageAsync(WishedRecipe? wished, CancellationToken cancellationToken)
    {
        if (IsInForce(wished))
        {
            return null;
        }

        if (wished!.Digest is { } digest && TryOpenStaged(digest) is null)
        {
            var envelope = await FetchAsync(digest, cancellationToken);
            var recipe = Read(envelope, digest);
            Check(recipe);
            crashPoints.Pass(CrashPoint.AfterRecipeCheck);
            _store.Tidy(_slots.State?.Recipe, _slots.State?.Trial?.Replaced?.Digest, digest);
            _store.Keep(digest, envelope);
            crashPoints.Pass(CrashPoint.AfterRecipeKept);
        }

        return wished;
    }

    /// <summary>A staged recipe, checked again, since it may have lain there for long; null for null.</summary>
    /// <exception cref="RecipeException">It is not taken.</exception>
    public StationRecipe? Open(WishedRecipe? staged) => staged is null ? null : staged.Digest is { } digest ? Of(OpenStaged(digest)) : _inForce.Configured;

    /// <summary>The pointer with another recipe on trial, which the one before takes the place of again if it is taken out.</summary>
    /// <param name="state">The pointer, with the trial.</param>
    /// <param name="staged">The recipe; null: it stays as it is.</param>
    public static SlotState Into(SlotState state, WishedRecipe? staged)
        => staged is null ? state : state with { Recipe = staged.Digest, Trial = state.Trial! with { Replaced = new ReplacedRecipe(state.Recipe, staged.IsRestored) } };

    /// <summary>Within <see cref="ModelSlot.Swap"/>: together with the model.</summary>
    public void Take(StationRecipe? next)
    {
        if (next is not null)
        {
            _inForce.Set(next);
        }
    }

    /// <summary>Puts a staged recipe in force, on trial, under the model that decides.</summary>
    /// <param name="state">The pointer.</param>
    /// <param name="rolloutId">The wish that it came by.</param>
    /// <param name="staged">The recipe.</param>
    /// <exception cref="RecipeException">It is not taken.</exception>
    public void Try(SlotState state, string rolloutId, WishedRecipe staged)
    {
        var next = Open(staged)!;
        _slots.Write(Into(state with { Trial = new SlotTrial(rolloutId, Starts: 0, IsRecipeAlone: true) }, staged));
        crashPoints.Pass(CrashPoint.AfterRecipePointer);
        PutInForce(next);
        crashPoints.Pass(CrashPoint.AfterRecipeSwap);
        WarnOfUnknownClasses(next.Recipe);
    }

    /// <summary>The recipe that a trial has replaced is in force again.</summary>
    /// <param name="returned">The pointer, with it.</param>
    public void GoBack(SlotState returned)
    {
        var recipe = Of(returned);
        crashPoints.Pass(CrashPoint.BeforeRecipeBack);
        _slots.Write(returned);
        crashPoints.Pass(CrashPoint.AfterRecipeBackPointer);
        PutInForce(recipe);
        crashPoints.Pass(CrashPoint.AfterRecipeBackSwap);
    }

    /// <summary>
    /// What more of the line's frames than may be were left undecided by the recipe on trial; null: nothing, or it is too early to say. One that
    /// takes the place of one that was withdrawn is held to no share, or that would put itself back.
    /// </summary>
    public string? Breach(SlotTrial trial)
    {
        var (frames, undecided) = _inForce.Tally();
        return trial.Replaced is { IsWithdrawn: false } && frames >= PredictionRule.LeastFrames && ShadowRule.IsBeyond(undecided, frames, options.MaxUndecided)
            ? string.Create(CultureInfo.InvariantCulture, $"Frames were left undecided by recipe '{_inForce.Current.Recipe.Id}': {undecided} of {frames}, where at most {options.MaxUndecided:P0} may be.")
            : null;
    }

    /// <summary>What is on trial is kept: so is the recipe that has come.</summary>
    /// <exception cref="RecipeException">Its file is no longer what it was; or, where it has come alone, it is not taken any more.</exception>
    public void Accept(SlotState state)
    {
        if (state is not { Recipe: { } digest, Trial: { Replaced: not null } trial })
        {
            return;
        }

        if (trial.IsRecipeAlone)
        {
            // Another group may have kept a later one of its name meanwhile.
            _store.Ledger.AcceptChecked(Read(ReadKept(digest), digest), time.GetUtcNow());
        }
        else
        {
            _store.Ledger.Accept(SignedRecipe.ReadProven(ReadKept(digest), digest));
        }

        crashPoints.Pass(CrashPoint.AfterRecipeLedger);
    }

    /// <summary>The recipe that a pointer names; the configuration's where it names none, or one that cannot be used.</summary>
    public StationRecipe Of(SlotState state)
    {
        if (state.Recipe is not { } digest)
        {
            return _inForce.Configured;
        }

        if (TryOpenKept(digest) is { } kept)
        {
            return Of(kept);
        }

        Log.RecipeAbandoned(logger, digest, _inForce.Configured.Recipe.Id, _inForce.Configured.Digest);
        return _inForce.Configured;
    }

    /// <summary>A rule for a class that the model does not have does nothing: worth a warning, and no reason to stop.</summary>
    public void WarnOfUnknownClasses(Recipe recipe)
    {
        foreach (var unknown in recipe.Classes.Keys.Where(id => _slot.Model is not null && !_slot.Knows(id)))
        {
            Log.RecipeClassUnknown(logger, unknown, _slot.Model!.Name);
        }
    }

    private void PutInForce(StationRecipe next)
    {
        _slot.BetweenBatches(() => _inForce.Set(next));
        Log.RecipePutInForce(logger, next.Recipe.Id, next.Digest, next.Counter);
    }

    private static StationRecipe Of(SignedRecipe recipe) => new(recipe.Document.Recipe, recipe.Document.Counter);

    private async Task<byte[]> FetchAsync(string digest, CancellationToken cancellationToken)
    {
        var delay = options.RetryDelay;
        while (true)
        {
            try
            {
                await roots.FollowAsync(cancellationToken);
                return await registry.RecipeAsync(digest, SignedRecipe.MaxEnvelopeBytes, cancellationToken);
            }
            catch (DeliveryException e)
            {
                throw new DeliveryException(e.ReasonCode, e.Message, e) { IsOfRecipe = true };
            }
            catch (HttpRequestException e)
            {
                Log.DownloadBroken(logger, digest, delay, e.Message);
                await Task.Delay(delay, time, cancellationToken);
                delay = delay * 2 < options.MaxRetryDelay ? delay * 2 : options.MaxRetryDelay;
            }
        }
    }

    private SignedRecipe Read(ReadOnlySpan<byte> envelope, string digest)
    {
        var trust = opener.Trust();
        var recipe = SignedRecipe.Read(envelope, trust.Keys, trust.AllowUnsigned);
        recipe.CheckIs(digest);
        return recipe;
    }

    private void Check(SignedRecipe recipe)
    {
        if (!Equals(Of(recipe).Window, _inForce.Configured.Window) && agent.Cameras.Any(camera => camera.Reference is { Length: > 0 } && (group.Cameras.Count == 0 || group.Cameras.Contains(camera.Name))))
        {
            throw new DeliveryException(
                RolloutReason.Unsupported, "Its window is another than the configured recipe's, by which the known-good pictures of this station were read.")
            {
                IsOfRecipe = true,
            };
        }

        var (ledger, now) = (_store.Ledger, time.GetUtcNow());
        ledger.Check(recipe, now);
        if (recipe.SignedBy is not null && opener.ExpiredRoot(now) is { } root && !ledger.HasAccepted(recipe))
        {
            throw new RecipeException(RecipeFault.Expired, $"{root}: no recipe comes into force by it.");
        }
    }

    private SignedRecipe OpenStaged(string digest)
    {
        var recipe = Read(ReadKept(digest), digest);
        Check(recipe);
        return recipe;
    }

    /// <summary>What lies there from before the process ended, if it still passes; the registry may have signed it anew since.</summary>
    private SignedRecipe? TryOpenStaged(string digest)
    {
        try
        {
            return _store.Read(digest) is null ? null : OpenStaged(digest);
        }
        catch (RecipeException)
        {
            return null;
        }
    }

    private byte[] ReadKept(string digest)
        => _store.Read(digest) ?? throw new RecipeException(RecipeFault.Digest, $"The recipe {digest} is not in its place, or cannot be read.");

    /// <summary>A recipe that was in force: with a root document it goes on though its signer has been withdrawn since, as a model does.</summary>
    private SignedRecipe? TryOpenKept(string digest)
    {
        try
        {
            var envelope = ReadKept(digest);
            try
            {
                return Read(envelope, digest);
            }
            catch (RecipeException e) when (e.Fault == RecipeFault.Signature && opener.HasRoot)
            {
                var proven = SignedRecipe.ReadProven(envelope, digest);
                Log.SignerWithdrawn(logger, digest, "recipes", e.Message);
                return proven;
            }
        }
        catch (RecipeException e)
        {
            Log.RecipeUnusable(logger, digest, e.Message);
            return null;
        }
    }
}
