namespace IMDD.Contracts.Events;

/// <summary>
/// Why an agent does not run a release or a recipe. Strings on the wire; the list is open. A wish that is taken back, or replaced by a newer one, before it
/// decided is no failure and has no reason: it ends as <see cref="RolloutStepWord.Canceled"/>.
/// </summary>
public static class RolloutReason
{
    /// <summary>No key that the agent trusts has signed the manifest.</summary>
    public const string SignatureInvalid = "signatureInvalid";

    /// <summary>Older than, or another one of the same counter as, what has run on the box.</summary>
    public const string CounterTooLow = "counterTooLow";

    /// <summary>Past its <c>expiresAt</c>.</summary>
    public const string Expired = "expired";

    /// <summary>A file is not what the manifest says, or the manifest not what was desired.</summary>
    public const string DigestMismatch = "digestMismatch";

    /// <summary>The manifest breaks its own rules.</summary>
    public const string ManifestInvalid = "manifestInvalid";

    /// <summary>The graph, its words or its classes do not fit each other.</summary>
    public const string ContractMismatch = "contractMismatch";

    /// <summary>It does not load on this box, or asks for a newer agent.</summary>
    public const string IncompatibleRuntime = "incompatibleRuntime";

    /// <summary>What it says is not a number.</summary>
    public const string NotFinite = "notFinite";

    /// <summary>Its own probe pictures come out otherwise here.</summary>
    public const string GoldenMismatch = "goldenMismatch";

    /// <summary>It takes longer than the station has.</summary>
    public const string TooSlow = "tooSlow";

    /// <summary>It says something else than the active model, outside of what it declares as changed, or nearly always the opposite.</summary>
    public const string Disagreement = "disagreement";

    /// <summary>It failed on the line's frames, left too many of them undecided, or the process grew or did not live under it.</summary>
    public const string HealthRegression = "healthRegression";

    /// <summary>No room on the disk, or larger than the agent takes.</summary>
    public const string StorageFull = "storageFull";

    /// <summary>The registry does not have it.</summary>
    public const string NotFound = "notFound";

    /// <summary>This agent cannot do what was desired, such as two groups of cameras.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>The time in which it might have been installed is over.</summary>
    public const string WindowMissed = "windowMissed";
}
