namespace IMDD.Dapr.Notices;

/// <summary>What notices are about.</summary>
public static class NoticeTopics
{
    /// <summary>The registry has moved an alias.</summary>
    public const string ReleasePromoted = "imdd.notice.release-promoted";

    /// <summary>The curator has agreed labels.</summary>
    public const string LabelsAgreed = "imdd.notice.labels-agreed";
}
