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
    public bool IsInForce(string? digest) => digest is null || digest == _inForce.Current.Digest;

    /// <summary>Takes up what the pointer names, at the start. One that cannot be used gives way to the configuration's, and its wish is followed anew.</summary>
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

        Log.RecipeAbandoned(logger, digest, _inForce.Configured.Recipe.Id, _inForce.Configured.Digest);
        _slots.Write(state with { Recipe = null, Closed = null });
    }

    /// <summary>Brings a wish's recipe, trusted, to the disk; null: the wish leaves it as it is.</summary>
    /// <exception cref="RecipeException">It is not taken.</exception>
    /// <exception cref="DeliveryException">The registry does not have it.</exception>
    /// <exception cref="ModelBundleException">The registry's root documents do not follow the trusted one.</exception>
    public async Task<string?> StageAsync(string? digest, CancellationToken cancellationToken)
    {
        if (IsInForce(digest))
        {
            return null;
        }

        if (TryOpenStaged(digest!) is null)
        {
            var envelope = await FetchAsync(digest!, cancellationToken);
            var recipe = Read(envelope, digest!);
            Check(recipe);
            crashPoints.Pass(CrashPoint.AfterRecipeCheck);
            _store.Tidy(_slots.State?.Recipe, _slots.State?.Trial?.Replaced?.Digest, digest);
            _store.Keep(digest!, envelope);
            crashPoints.Pass(CrashPoint.AfterRecipeKept);
        }

        return digest;
    }

    /// <summary>A staged recipe, checked again, since it may have lain there for long; null for null.</summary>
    /// <exception cref="RecipeException">It is not taken.</exception>
    public StationRecipe? Open(string? staged) => staged is null ? null : Of(OpenStaged(staged));

    /// <summary>The pointer with another recipe beside a model on trial, which takes it along if it is taken out again.</summary>
    public static SlotState Into(SlotState state, StationRecipe? next)
        => next is null ? state : state with { Recipe = next.Digest, Trial = state.Trial! with { Replaced = new ReplacedRecipe(state.Recipe) } };

    /// <summary>Within <see cref="ModelSlot.Swap"/>: together with the model.</summary>
    public void Take(StationRecipe? next)
    {
        if (next is not null)
        {
            _inForce.Set(next);
        }
    }

    /// <summary>Puts a staged recipe in force under the model that decides.</summary>
    /// <param name="state">The pointer.</param>
    /// <param name="staged">Digest of the recipe.</param>
    /// <exception cref="RecipeException">It is not taken.</exception>
    public void Activate(SlotState state, string staged)
    {
        var recipe = OpenStaged(staged);

        // The ledger before the pointer: a recipe that is in force is one that was accepted, whenever the process ends.
        _store.Ledger.AcceptChecked(recipe, time.GetUtcNow());
        crashPoints.Pass(CrashPoint.AfterRecipeLedger);
        _slots.Write(state with { Recipe = staged });
        crashPoints.Pass(CrashPoint.AfterRecipePointer);
        var next = Of(recipe);
        _slot.BetweenBatches(() => _inForce.Set(next));
        crashPoints.Pass(CrashPoint.AfterRecipeSwap);
        Log.RecipeInForce(logger, next.Recipe.Id, staged, recipe.Document.Counter, recipe.SignedBy ?? "nobody");
        WarnOfUnknownClasses(next.Recipe);
    }

    /// <summary>The model on trial is kept: so is the recipe that came with it.</summary>
    /// <exception cref="RecipeException">Its file is no longer what it was.</exception>
    public void Accept(SlotState state)
    {
        if (state is { Recipe: { } digest, Trial.Replaced: not null })
        {
            _store.Ledger.Accept(SignedRecipe.ReadProven(ReadKept(digest), digest));
        }
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
                RolloutReason.Unsupported, "Its window is another than the configured recipe's, by which the known-good pictures of this station were read.");
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
