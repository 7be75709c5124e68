namespace IMDD.Contracts.Review;

/// <summary>
/// Paths of the curator's API. JSON is written and read with <see cref="Events.ImddJson.Options"/>. What cannot be understood is answered with
/// 400 and problem details whose <c>errors</c> name the field; a frame that is not in the queue with 404; one that somebody else has before
/// them with 409.
/// </summary>
public static class ReviewRoutes
{
    public const string Base = "/api/v1/review";

    /// <summary>POST <see cref="ReviewRequest"/>: the next <see cref="ReviewFrame"/>, leased to the asker, or 204 when none waits.</summary>
    public const string Next = Base + "/next";

    /// <summary>GET <c>?limit=1..200</c>: waiting <see cref="ReviewFrame"/>[], the most informative first; leases nothing.</summary>
    public const string Frames = Base + "/frames";

    /// <summary>
    /// GET <c>?raterId=&amp;holder=</c>: one <see cref="ReviewFrame"/>, whatever has been said of it. What was decided on one that is looked at blind is
    /// given to nobody but the holder who has it before them with it, until the blind word is said. Here and in <see cref="Lease"/> the picture's digest does
    /// too: it is in the queue under its first outcome.
    /// </summary>
    public const string Frame = Frames + "/{outcomeId}";

    /// <summary>GET: <see cref="ReviewFrame"/>[] that look the same as this one and are not asked about, the newest first, at most 200.</summary>
    public const string Alike = Frame + "/alike";

    /// <summary>POST <see cref="ReviewRequest"/>: leases this frame and answers with it.</summary>
    public const string Lease = Frame + "/lease";

    /// <summary>POST <see cref="ReviewRequest"/>: gives the frame back; this rater is not offered it again for a while.</summary>
    public const string Skip = Frame + "/skip";

    /// <summary>GET: <see cref="FrameLabel"/>[] of the frame's picture, the newest first; none while it waits for a blind look. POST <see cref="LabelRequest"/>: <see cref="LabelReceipt"/>.</summary>
    public const string Labels = Frame + "/labels";

    /// <summary>POST <see cref="ReviewRequest"/>: takes back the rater's last word, and answers with its frame, leased again where it is free; 204 when there is none.</summary>
    public const string Undo = Base + "/undo";

    /// <summary>GET <see cref="VocabularyTerm"/>[]: every name, the most used first.</summary>
    public const string Vocabulary = Base + "/vocabulary";

    /// <summary>GET <see cref="RaterAgreement"/>[]: each pair of raters who have judged the same pictures.</summary>
    public const string Agreement = Base + "/agreement";

    /// <summary>GET <see cref="Review.BlindAgreement"/>: what people say who do not see the prediction, beside what those say who do.</summary>
    public const string BlindAgreement = Agreement + "/blind";

    /// <summary>GET <c>?after=&amp;limit=1..1000</c>: <see cref="Contracts.Audit.AuditPage"/>, the entries after a sequence.</summary>
    public const string Audit = Base + "/audit";

    /// <summary>GET <see cref="ReviewSummary"/>.</summary>
    public const string Summary = Base + "/summary";
}
