using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Models that come from the registry. What a wish names is fetched from one configured place, never from an address in a message.</summary>
public sealed class DeliveryOptions
{
    public const string Section = "Edge:Delivery";

    /// <summary>Address of the registry, such as <c>https://registry:5084</c>. Empty: the agent keeps to the bundle of its configuration.</summary>
    public string RegistryUrl { get; set; } = "";

    /// <summary>Larger bundles are refused, bytes; for each group of cameras two of them and what is being fetched must find room beside the store.</summary>
    [Range(1L << 10, 1L << 40)]
    public long MaxBundleBytes { get; set; } = 2L << 30;

    /// <summary>A download that gets no byte for this long is begun again where it was.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait after the first failure of a download; doubled each time up to <see cref="MaxRetryDelay"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A release whose inference of one frame takes longer is refused. Null: the recipe's deadline; without either, none is.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0001", "01:00:00")]
    public TimeSpan? InferenceBudget { get; set; }

    /// <summary>For at most this long a new release watches the line's frames while another decides; 0: it does not.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Shadow { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Frames that it watches at most.</summary>
    [Range(1, 100_000)]
    public int ShadowFrames { get; set; } = 50;

    /// <summary>
    /// Share of the frames that it watched which it may judge otherwise, outside of the classes that it declares as changed. It holds for releases that
    /// declare some, and were trained from the one that decides; of others it is only told.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxDisagreement { get; set; } = 0.1;

    /// <summary>
    /// Share of the frames which the deciding model fails that a release may let pass while it watches, and of those which that passes that it may fail,
    /// whatever it declares; of 20 frames or more. The watch goes on, within its time, until it has seen 20 that are failed. 1: any, and nothing is waited for.
    /// </summary>
    [Range(0.5, 1.0)]
    public double MaxReversed { get; set; } = 0.9;

    /// <summary>How long a new release or recipe decides before the one before it is let go; one that fails on a frame meanwhile is taken out again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Trial { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes by which the resident memory of the process may grow in the second half of a release's trial; one that takes more is taken out again. It holds for
    /// agents without groups of cameras, of which one may load a model while another's is on trial.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxMemoryGrowthBytes { get; set; } = 512L << 20;

    /// <summary>
    /// Share of the line's frames that a recipe on trial may leave undecided, by its margin or its deadline; one that leaves more is taken out again.
    /// 1: any.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxUndecided { get; set; } = 0.5;

    /// <summary>A trial is not held to what was predicted longer ago than this: the line may be another by now.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan PredictionMaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Starts of the process within one trial; at the next the release before it is taken, in case the new one ends the process.</summary>
    [Range(1, 100)]
    public int MaxTrialStarts { get; set; } = 2;

    /// <summary>True where models come from the registry.</summary>
    public bool IsOn => RegistryUrl.Length > 0;
}
