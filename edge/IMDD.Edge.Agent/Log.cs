using IMDD.Edge.Agent.Outcomes;

namespace IMDD.Edge.Agent;

/// <summary>Everything the agent says to its operator; nothing here is said for each frame of an undisturbed run.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Agent {Agent} at {Asset}: store {Store} with {Backlog} unconfirmed records, model {Model} {Version} on {Provider}")]
    public static partial void Started(ILogger logger, string agent, string asset, string store, long backlog, string? model, string? version, string? provider);

    [LoggerMessage(2, LogLevel.Information, "Connected to the broker at {Host}:{Port}; frames are taken from {Filters}")]
    public static partial void Connected(ILogger logger, string host, int port, string filters);

    [LoggerMessage(3, LogLevel.Warning, "{Frames} frames were under way when the process ended last time; they are inspected one at a time")]
    public static partial void CrashFound(ILogger logger, int frames);

    [LoggerMessage(4, LogLevel.Critical, "Another client with id {ClientId} has taken the session over: this agent stops. Give each agent its own Edge:Agent:Name and Mqtt:ClientId")]
    public static partial void TakenOver(ILogger logger, string clientId);

    [LoggerMessage(5, LogLevel.Error, "The broker has lost session {ClientId}: what it had queued is gone; camera gateways send again, foreign cameras show as never-arrived")]
    public static partial void SessionLost(ILogger logger, string clientId);

    [LoggerMessage(6, LogLevel.Warning, "The connection of {ClientId} to the broker is gone: {Detail}")]
    public static partial void Disconnected(ILogger logger, string clientId, string detail);

    [LoggerMessage(7, LogLevel.Warning, "Fault injection is on: {Point}")]
    public static partial void FaultInjection(ILogger logger, string point);

    [LoggerMessage(8, LogLevel.Information, "Stopping: {InFlight} frames under way, {Backlog} unconfirmed records stay in the store")]
    public static partial void Stopping(ILogger logger, int inFlight, long backlog);

    [LoggerMessage(9, LogLevel.Information, "Group {Group} of cameras {Cameras}: model {Model} {Version} on {Provider}")]
    public static partial void GroupStarted(ILogger logger, string group, string cameras, string? model, string? version, string? provider);

    [LoggerMessage(10, LogLevel.Critical, "The outcome store {Path} is damaged ({Damage}). It was moved to {Folder} for examination and a new one begun: outcomes in it that Kafka had not confirmed are missing there")]
    public static partial void StoreDamaged(ILogger logger, string path, string damage, string folder);

    [LoggerMessage(11, LogLevel.Critical, "The outcome store cannot be written any more; the process ends, and checks it at the next start")]
    public static partial void StoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(12, LogLevel.Error, "The outcome store cannot be written now: {Error}. No frame is taken or acknowledged until it can")]
    public static partial void StoreStalled(ILogger logger, string error);

    [LoggerMessage(13, LogLevel.Error, "The outcome store is full ({Used} of {Limit} bytes): no new frame is taken")]
    public static partial void StoreFull(ILogger logger, long used, long limit);

    [LoggerMessage(14, LogLevel.Information, "The outcome store has room again ({Used} of {Limit} bytes)")]
    public static partial void StoreHasRoom(ILogger logger, long used, long limit);

    [LoggerMessage(15, LogLevel.Error, "{Count} unconfirmed outcomes with verdict pass were dropped: the store has reached {Limit} bytes (Edge:Store:WhenFull is DropOldestPass)")]
    public static partial void PassesDropped(ILogger logger, int count, long limit);

    [LoggerMessage(20, LogLevel.Warning, "Frame {FrameId} of {Camera} cannot be used ({Reason}): {Detail}")]
    public static partial void DeadLettered(ILogger logger, string camera, string frameId, string reason, string detail);

    [LoggerMessage(21, LogLevel.Error, "The dead-letter copy of frame {FrameId} could not be written: {Error}")]
    public static partial void DeadLetterNotKept(ILogger logger, string frameId, string error);

    [LoggerMessage(22, LogLevel.Warning, "Camera {Camera} jumped by {Jump} numbers at frame {FrameId}: taken as another numbering, not as a loss")]
    public static partial void SequenceJumped(ILogger logger, string camera, string frameId, long jump);

    [LoggerMessage(23, LogLevel.Error, "The model failed on a batch of {Frames} frames; each is tried once more by itself: {Error}")]
    public static partial void BatchFailed(ILogger logger, int frames, string error);

    [LoggerMessage(24, LogLevel.Warning, "The recipe has a rule for class {Class}, which model {Model} does not know")]
    public static partial void RecipeClassUnknown(ILogger logger, string @class, string model);

    [LoggerMessage(25, LogLevel.Error, "Model {Model} compares with a known-good picture and camera {Camera} has none: its frames end as undecided/no-reference. Set Edge:Agent:Cameras:N:Reference")]
    public static partial void ReferenceMissing(ILogger logger, string model, string camera);

    [LoggerMessage(30, LogLevel.Warning, "Kafka has not confirmed records of {Camera} ({Kind}): {Error}. They are sent again from the store")]
    public static partial void PublishRetried(ILogger logger, string camera, OutboxKind kind, string error);

    [LoggerMessage(31, LogLevel.Error, "Kafka refused a record of {Camera} ({Kind}, outcome {OutcomeId}) for good: {Error}. It goes to the dead-letter topic")]
    public static partial void RecordRefused(ILogger logger, string camera, OutboxKind kind, string outcomeId, string error);

    [LoggerMessage(32, LogLevel.Warning, "The broker refused a receipt: {Error}")]
    public static partial void ReceiptRefused(ILogger logger, string error);

    [LoggerMessage(33, LogLevel.Warning, "The state of {Key} was refused: {Error}")]
    public static partial void StateRefused(ILogger logger, string key, string error);

    [LoggerMessage(34, LogLevel.Warning, "A balance on {Topic} cannot be read: {Error}")]
    public static partial void BalanceMalformed(ILogger logger, string topic, string error);

    [LoggerMessage(35, LogLevel.Information, "Camera {Camera} is {State} {Detail}")]
    public static partial void CameraState(ILogger logger, string camera, string state, string? detail);

    [LoggerMessage(40, LogLevel.Warning, "The picture of outcome {OutcomeId} could not be kept: {Error}")]
    public static partial void EvidenceNotKept(ILogger logger, string outcomeId, string error);

    [LoggerMessage(41, LogLevel.Warning, "The picture of outcome {OutcomeId} is not stored yet: {Error}")]
    public static partial void EvidenceRetried(ILogger logger, string outcomeId, string error);

    [LoggerMessage(42, LogLevel.Error, "The picture of outcome {OutcomeId} will not be stored: {Error}")]
    public static partial void EvidenceLost(ILogger logger, string outcomeId, string error);

    [LoggerMessage(43, LogLevel.Information, "Model {Model} {Digest} is signed by {Signer}")]
    public static partial void ModelTrusted(ILogger logger, string model, string digest, string signer);

    [LoggerMessage(44, LogLevel.Warning, "The frame of outcome {OutcomeId} could not be offered for review: {Error}")]
    public static partial void ExampleFailed(ILogger logger, string outcomeId, string error);

    [LoggerMessage(45, LogLevel.Warning, "The picture of hard example {OutcomeId} is not stored yet, and its event waits: {Error}")]
    public static partial void ExampleRetried(ILogger logger, string outcomeId, string error);

    [LoggerMessage(46, LogLevel.Warning, "Hard example {OutcomeId} is given up: {Error}")]
    public static partial void ExampleLost(ILogger logger, string outcomeId, string error);

    [LoggerMessage(47, LogLevel.Warning, "{Count} hard examples were dropped: the outcome store is short of room")]
    public static partial void ExamplesDropped(ILogger logger, int count);

    [LoggerMessage(48, LogLevel.Warning, "The reference statistics of model {Model} {Version} cannot be used, no frame counts as novel: {Error}")]
    public static partial void NoveltyUnusable(ILogger logger, string model, string version, string error);

    [LoggerMessage(50, LogLevel.Information, "Rollout: {Step} {Model} {Version} {Digest} {Group} slot {Slot} {Reason} {Detail}")]
    public static partial void RolloutStep(ILogger logger, string step, string model, string version, string digest, string? group, string? slot, string? reason, string? detail);

    [LoggerMessage(51, LogLevel.Information, "Model {Model} {Version} {Digest} decides from slot {Slot}, on trial")]
    public static partial void ModelSwapped(ILogger logger, string model, string version, string digest, string slot);

    [LoggerMessage(52, LogLevel.Warning, "What is desired on {Topic} cannot be read: {Error}")]
    public static partial void WishMalformed(ILogger logger, string topic, string error);

    [LoggerMessage(53, LogLevel.Warning, "The download of {Digest} is begun again where it was in {Delay}: {Error}")]
    public static partial void DownloadBroken(ILogger logger, string digest, TimeSpan delay, string error);

    [LoggerMessage(54, LogLevel.Error, "Slot {Slot} with model {Model} {Digest} is given up, slot {Other} decides: {Detail}")]
    public static partial void SlotAbandoned(ILogger logger, string slot, string model, string digest, string other, string detail);

    [LoggerMessage(71, LogLevel.Error, "This start does not count against what group {Group} has on trial: {Error}")]
    public static partial void StartNotCounted(ILogger logger, string? group, string error);

    [LoggerMessage(55, LogLevel.Error, "Slot {Slot} with model {Model} {Digest} cannot be used: {Error}")]
    public static partial void SlotUnusable(ILogger logger, string slot, string model, string digest, string error);

    [LoggerMessage(56, LogLevel.Error, "The pointer of the model slots {File} cannot be read: {Error}. The bundle of the configuration decides")]
    public static partial void SlotPointerDamaged(ILogger logger, string file, string error);

    [LoggerMessage(57, LogLevel.Information, "Root document {Version}, good until {ExpiresAt}, is trusted: releases are signed by {Keys}")]
    public static partial void RootTrusted(ILogger logger, long version, DateTimeOffset expiresAt, string keys);

    [LoggerMessage(58, LogLevel.Warning, "Root document {Version} has expired at {ExpiresAt}: no new release becomes active until a later one is published")]
    public static partial void RootExpired(ILogger logger, long version, DateTimeOffset expiresAt);

    [LoggerMessage(59, LogLevel.Warning, "{Digest} in {Folder} goes on, since it has run here, though it would not be taken anew: {Error}")]
    public static partial void SignerWithdrawn(ILogger logger, string digest, string folder, string error);

    [LoggerMessage(60, LogLevel.Warning, "Whether there is a later root document cannot be asked now: {Error}")]
    public static partial void RootNotAsked(ILogger logger, string error);

    [LoggerMessage(61, LogLevel.Warning, "A window of statistics of {Camera} is lost: {Error}")]
    public static partial void StatisticsLost(ILogger logger, string camera, string error);

    [LoggerMessage(62, LogLevel.Warning, "The statistics in the bundle of model {Model} {Version} cannot be used, drift is measured from each camera's own frames: {Error}")]
    public static partial void StatisticsReferenceUnusable(ILogger logger, string model, string version, string error);

    [LoggerMessage(63, LogLevel.Information, "Recipe {Recipe} {Digest}, counter {Counter}, signed by {Keys}, is in force")]
    public static partial void RecipeInForce(ILogger logger, string recipe, string digest, long counter, string keys);

    [LoggerMessage(64, LogLevel.Error, "The delivered recipe {Digest} cannot be used: {Error}")]
    public static partial void RecipeUnusable(ILogger logger, string digest, string error);

    [LoggerMessage(66, LogLevel.Information, "Recipe {Recipe} {Digest}, counter {Counter}, has been put in force")]
    public static partial void RecipePutInForce(ILogger logger, string recipe, string digest, long? counter);

    [LoggerMessage(68, LogLevel.Error, "Group {Group} of the cameras has no model, and its frames end as undecided: {Error}")]
    public static partial void GroupWithoutModel(ILogger logger, string? group, string error);

    [LoggerMessage(67, LogLevel.Error, "The recipe {Digest} on trial is taken out again: {Detail}")]
    public static partial void RecipeTakenOut(ILogger logger, string? digest, string detail);

    [LoggerMessage(65, LogLevel.Error, "The delivered recipe {Digest} is given up: {Recipe} {Other} of the configuration is in force")]
    public static partial void RecipeAbandoned(ILogger logger, string digest, string recipe, string other);

    [LoggerMessage(70, LogLevel.Warning, "What the manifest of model {Model} {Version} predicts for this line cannot be used, its trial is not held against it: {Error}")]
    public static partial void PredictionUnusable(ILogger logger, string model, string version, string error);
}
