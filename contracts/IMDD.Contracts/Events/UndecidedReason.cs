namespace IMDD.Contracts.Events;

/// <summary>Why a frame is undecided. Strings on the wire; the list is open.</summary>
public static class UndecidedReason
{
    /// <summary>More frames than the agent can inspect; the camera's policy chose this one to go.</summary>
    public const string Overload = "overload";

    /// <summary>The decision would have come after the station's deadline.</summary>
    public const string Deadline = "deadline";

    /// <summary>The bytes are not a readable image.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>More bytes or more pixels than allowed.</summary>
    public const string TooLarge = "too-large";

    /// <summary>A media type or pixel format that is not handled.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>The frame took the process down twice and was not decoded again.</summary>
    public const string Crashed = "crashed";

    /// <summary>A gap in a camera's sequence that was not explained in time.</summary>
    public const string NeverArrived = "never-arrived";

    /// <summary>No model was loaded, or it failed on this frame.</summary>
    public const string ModelUnavailable = "model-unavailable";

    /// <summary>The model compares with a known-good picture of the view, and the camera has none of this frame's size.</summary>
    public const string NoReference = "no-reference";

    /// <summary>The model's scores lie too near the threshold for the recipe's margin.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>The message is not a well-formed frame event.</summary>
    public const string Malformed = "malformed";
}
