namespace IMDD.Cloud.Trainer;

/// <summary>Messages an operator may search for.</summary>
internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Warning, "Record {Topic}[{Partition}]@{Offset} set aside as {Reason}: {Detail}")]
    public static partial void RecordSetAside(ILogger logger, string topic, int partition, long offset, string reason, string detail);

    [LoggerMessage(6002, LogLevel.Error, "The database refused a batch of {Records} records; trying again in {Delay}: {Error}")]
    public static partial void BatchFailed(ILogger logger, int records, TimeSpan delay, string error);

    [LoggerMessage(6003, LogLevel.Information, "Run {RunId} asked for: {Reasons}")]
    public static partial void RunRequested(ILogger logger, string runId, string reasons);

    [LoggerMessage(6004, LogLevel.Information, "Run {RunId} is {State}")]
    public static partial void RunMoved(ILogger logger, string runId, string state);

    [LoggerMessage(6005, LogLevel.Warning, "Run {RunId} goes to another instance: the lease with token {Token} is over")]
    public static partial void LeaseLost(ILogger logger, string runId, long token);

    [LoggerMessage(6006, LogLevel.Error, "Run {RunId} failed while {State}: {Error}")]
    public static partial void RunFailed(ILogger logger, string runId, string state, string error);

    [LoggerMessage(6007, LogLevel.Warning, "Run {RunId}, {State}: attempt {Attempt} did not succeed: {Error}")]
    public static partial void AttemptFailed(ILogger logger, string runId, string state, int attempt, string error);

    [LoggerMessage(6008, LogLevel.Error, "Runs cannot be looked after at present: {Error}")]
    public static partial void WorkerFailed(ILogger logger, string error);

    [LoggerMessage(6009, LogLevel.Debug, "Run {RunId}: {Line}")]
    public static partial void ChildSaid(ILogger logger, string runId, string line);

    [LoggerMessage(6010, LogLevel.Warning, "Run {RunId}: picture {Digest} is left out of the snapshot: {Reason}")]
    public static partial void PictureLeftOut(ILogger logger, string runId, string digest, string reason);

    [LoggerMessage(6012, LogLevel.Warning, "No run is begun until it is known that no other trainer has one: {Error}")]
    public static partial void GuardUnavailable(ILogger logger, string error);

    [LoggerMessage(6011, LogLevel.Warning, "Files of older runs cannot be removed: {Error}")]
    public static partial void FoldersStay(ILogger logger, string error);

    [LoggerMessage(6013, LogLevel.Information, "Run {Run}: the {Frames} frames of {Rater} count {Weight} each, {Share} of the snapshot")]
    public static partial void RaterHeld(ILogger logger, string run, string rater, int frames, double weight, double share);

    [LoggerMessage(6014, LogLevel.Information, "Nothing is predicted of the candidate: there are no counts and frames of any line")]
    public static partial void NothingToPredict(ILogger logger);

    [LoggerMessage(6015, LogLevel.Warning, "Nothing is predicted of the candidate: {Error}")]
    public static partial void NotPredicted(ILogger logger, string error);

    [LoggerMessage(6017, LogLevel.Information, "Nothing is predicted of {Station}: it decides by recipe {Digest}, which the registry does not give. Register it, and it can be")]
    public static partial void RecipeUnknown(ILogger logger, string station, string digest);

    [LoggerMessage(6016, LogLevel.Warning, "What {Name} {Version} says that usual frames look like cannot be read, and is not carried on: {Error}")]
    public static partial void ReferenceUnusable(ILogger logger, string name, string version, string error);

    [LoggerMessage(6018, LogLevel.Warning, "The candidate says of no camera what its frames look like: there are {Cameras}, and a manifest has room for {Most}")]
    public static partial void TooManyCameras(ILogger logger, int cameras, int most);
}
