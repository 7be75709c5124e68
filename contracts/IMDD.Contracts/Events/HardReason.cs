namespace IMDD.Contracts.Events;

/// <summary>Why a frame is worth a person's look, as strings on the wire; the list is open.</summary>
public static class HardReason
{
    /// <summary>A score lies near its threshold, or two names are near each other.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>Unlike what the model was made from.</summary>
    public const string Novel = "novel";

    /// <summary>A region that no known name fits.</summary>
    public const string UnknownDefect = "unknown-defect";

    /// <summary>Another model says something else.</summary>
    public const string Disagreement = "disagreement";

    /// <summary>People agree on another verdict than was decided, or on defects none of which it had named.</summary>
    public const string Overruled = "overruled";

    /// <summary>Drawn by chance.</summary>
    public const string Random = "random";
}
