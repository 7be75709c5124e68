namespace IMDD.Contracts.Events;

/// <summary>Steps of an agent from a wish to a model that decides, as strings on the wire; the list is open.</summary>
public static class RolloutStepWord
{
    /// <summary>The wish has come.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>The bundle's files are being fetched.</summary>
    public const string Downloading = "downloading";

    /// <summary>All files are there; signature, counter, hashes are checked.</summary>
    public const string Verifying = "verifying";

    /// <summary>Whole and trusted, in the slot that is not in use.</summary>
    public const string Staged = "staged";

    /// <summary>Loaded beside the active model: probes, speed.</summary>
    public const string Warming = "warming";

    /// <summary>It watches, and another decides.</summary>
    public const string Shadowing = "shadowing";

    /// <summary>It decides; the one before it is kept warm.</summary>
    public const string Trial = "trial";

    /// <summary>It decides for good.</summary>
    public const string Committed = "committed";

    /// <summary>It decided and was taken out again.</summary>
    public const string RolledBack = "rolledBack";

    /// <summary>It never decided and never will under this id.</summary>
    public const string Rejected = "rejected";

    /// <summary>A newer wish came, or it was taken back, before it decided.</summary>
    public const string Canceled = "canceled";
}
