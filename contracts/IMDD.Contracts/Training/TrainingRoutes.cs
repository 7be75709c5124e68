namespace IMDD.Contracts.Training;

/// <summary>
/// Paths of the trainer's API. JSON is written and read with <see cref="Events.ImddJson.Options"/>. What cannot be done is answered with problem
/// details: 400 what cannot be understood, 404 what is not known, 409 what a rule forbids.
/// </summary>
public static class TrainingRoutes
{
    public const string Base = "/api/v1/training";

    /// <summary>GET: <see cref="TrainingSummary"/>.</summary>
    public const string Summary = Base;

    /// <summary>GET <c>?limit=1..200</c>: <see cref="TrainingRunView"/>[], the newest first. POST <see cref="StartTraining"/>: the run asked for.</summary>
    public const string Runs = Base + "/runs";

    /// <summary>GET: <see cref="TrainingRunView"/>.</summary>
    public const string Run = Runs + "/{runId}";

    /// <summary>POST <see cref="CancelTraining"/>, or nothing: cancels a run that has not ended, and answers with it.</summary>
    public const string Cancel = Run + "/cancel";

    /// <summary>GET <c>?after=&amp;limit=1..1000</c>: <see cref="Audit.AuditPage"/>, who started, cancelled and resumed runs.</summary>
    public const string Audit = Base + "/audit";
}
