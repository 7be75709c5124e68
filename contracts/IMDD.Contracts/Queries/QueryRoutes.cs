namespace IMDD.Contracts.Queries;

/// <summary>
/// Paths of the aggregator's query API. JSON is written and read with <see cref="Events.ImddJson.Options"/>. A line travels as the query
/// parameter <c>line</c> (<c>enterprise/site/area/line</c>), times as RFC 3339 with an offset. What cannot be understood is answered with
/// 400 and problem details whose <c>errors</c> name the parameter; a line of which nothing was ever heard with 404.
/// </summary>
public static class QueryRoutes
{
    public const string Base = "/api/v1";

    /// <summary>All lines: <see cref="LineOverview"/>[].</summary>
    public const string Lines = Base + "/lines";

    /// <summary>Everything ever counted: <see cref="AggregateTotals"/>.</summary>
    public const string Totals = Base + "/totals";

    /// <summary><c>?line=&amp;from=&amp;to=</c>: <see cref="LineSummary"/>. Without a line: all lines. Default: the last hour.</summary>
    public const string Summary = Base + "/summary";

    /// <summary><c>?line=&amp;size=minute|hour&amp;from=&amp;to=</c>: <see cref="WindowRange"/>. Default: the last hour by minutes, or the last day by hours.</summary>
    public const string Windows = Base + "/windows";

    /// <summary><c>?line=&amp;from=&amp;to=</c>: <see cref="ParetoChart"/>. Without a line: all lines. Default: the last hour.</summary>
    public const string Pareto = Base + "/pareto";

    /// <summary><c>?line=&amp;size=minute|hour&amp;from=&amp;to=</c>: <see cref="PChart"/>. Default: as <see cref="Windows"/>.</summary>
    public const string PChart = Base + "/p-chart";

    /// <summary><c>?line=&amp;state=raised|cleared</c>: <see cref="Events.LineAlarm"/>[], latest change first. Default: all lines, both states.</summary>
    public const string Alarms = Base + "/alarms";

    /// <summary>
    /// <c>?line=&amp;from=&amp;to=</c>: <see cref="DriftReport"/>[], one per camera, by the model that saw it last. Default: all lines, the last day.
    /// </summary>
    public const string Drift = Base + "/drift";

    /// <summary>POST of a <see cref="RebaselineDrift"/>: the camera's next frames are its reference. 404 where nothing is known of it.</summary>
    public const string DriftBaseline = Drift + "/baseline";

    /// <summary><c>?after=&amp;limit=</c>: <see cref="Audit.AuditPage"/>, who asked for a new reference.</summary>
    public const string Audit = Base + "/audit";

    /// <summary><c>?line=</c>: <see cref="CameraConservation"/>[]. Default: all lines.</summary>
    public const string Balances = Base + "/balances";

    /// <summary><c>?line=</c>: <see cref="AgentView"/>[]. Default: all lines.</summary>
    public const string Agents = Base + "/agents";

    /// <summary><c>?line=</c>: <see cref="CameraView"/>[]. Default: all lines.</summary>
    public const string Cameras = Base + "/cameras";

    /// <summary>
    /// <c>?line=&amp;limit=1..200&amp;before=&amp;digest=</c>: <see cref="FailedFrame"/>[], latest first. With a digest: those whose picture or model has it.
    /// Default: all lines, 20 frames.
    /// </summary>
    public const string FailedFrames = Base + "/failed-frames";

    /// <summary>One failed frame by the id of its outcome: <c>/api/v1/failed-frames/{outcomeId}</c>, or 404.</summary>
    public const string FailedFrame = FailedFrames + "/{outcomeId}";

    /// <summary><c>?line=</c>: server-sent events; see <see cref="LiveEvents"/>. Default: all lines.</summary>
    public const string Live = Base + "/live";
}
