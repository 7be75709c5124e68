namespace IMDD.Cloud.Registry;

/// <summary>Messages an operator may search for.</summary>
internal static partial class Log
{
    [LoggerMessage(3, LogLevel.Warning, "{Task} failed and is tried again at its next turn: {Error}")]
    public static partial void PeriodicTaskFailed(ILogger logger, string task, string error);

    [LoggerMessage(5, LogLevel.Information, "Releases are signed by {KeyId}; agents trust it by {PublicFile}")]
    public static partial void Signer(ILogger logger, string keyId, string publicFile);

    [LoggerMessage(6, LogLevel.Information, "Release {Counter} of {Model} is {Digest}, version {Version}, registered by {By}")]
    public static partial void Registered(ILogger logger, long counter, string model, string digest, string version, string? by);

    [LoggerMessage(7, LogLevel.Information, "{Alias} of {Model} is {Digest}, by {By}: {Reason}; told to {Agents} agents under {RolloutId}")]
    public static partial void Promoted(ILogger logger, string alias, string model, string digest, string? by, string? reason, int agents, string rolloutId);

    [LoggerMessage(8, LogLevel.Warning, "Release {Digest} of {Model} is blocked, by {By}: {Reason}")]
    public static partial void Blocked(ILogger logger, string digest, string model, string? by, string? reason);

    [LoggerMessage(9, LogLevel.Information, "{Agent}: {Step} {Result} with {Digest} ({RolloutId}) {Reason} {Detail}")]
    public static partial void Feedback(ILogger logger, string agent, string step, string result, string digest, string rolloutId, string? reason, string? detail);

    [LoggerMessage(10, LogLevel.Warning, "A message on {Topic} cannot be read: {Error}")]
    public static partial void MessageMalformed(ILogger logger, string topic, string error);

    [LoggerMessage(11, LogLevel.Warning, "Agents have releases or recipes of {Model} up to {Heard}, and this registry knows none above {Known}: it goes on above (was it restored from an old copy?)")]
    public static partial void CounterBehind(ILogger logger, string model, long heard, long known);

    [LoggerMessage(12, LogLevel.Error, "The broker refused {Topic}: {Error}")]
    public static partial void PublicationRefused(ILogger logger, string topic, string error);

    [LoggerMessage(13, LogLevel.Information, "Rollout {Id} of {Name} {Digest} is asked for by {By}: {Waves} waves, {Agents} agents")]
    public static partial void RolloutStarted(ILogger logger, string id, string name, string digest, int waves, int agents, string? by);

    [LoggerMessage(14, LogLevel.Information, "Rollout {Id} of {Name} {Digest} is {State}; {Waves} waves have begun. {Cause}")]
    public static partial void RolloutChanged(ILogger logger, string id, string name, string digest, string state, int waves, string? cause);

    [LoggerMessage(15, LogLevel.Information, "Rollout {Id} of {Name} is {Done} by {By}: {Reason}")]
    public static partial void RolloutDecided(ILogger logger, string id, string name, string done, string? by, string? reason);

    [LoggerMessage(18, LogLevel.Information, "Training set {Digest} of {Frames} labelled frames is kept")]
    public static partial void DatasetKept(ILogger logger, string digest, int frames);

    [LoggerMessage(16, LogLevel.Information, "Root document {Version}, good until {ExpiresAt}, is given to agents, by {By}: releases are signed by {Keys}")]
    public static partial void RootPublished(ILogger logger, long version, DateTimeOffset expiresAt, string keys, string? by);

    [LoggerMessage(17, LogLevel.Warning, "This registry signs with {KeyId}, which root document {Version} does not list: it releases nothing until it is started with a key that is")]
    public static partial void SignerNotListed(ILogger logger, string keyId, long version);

    [LoggerMessage(21, LogLevel.Information, "{Agent} is no more: its agent has said its state without this group of cameras. What was desired of it is taken back")]
    public static partial void GroupGone(ILogger logger, string agent);

    [LoggerMessage(19, LogLevel.Information, "Recipe {Recipe} {Digest} is registered as counter {Counter}, by {By}")]
    public static partial void RecipeRegistered(ILogger logger, string recipe, string digest, long counter, string? by);

    [LoggerMessage(20, LogLevel.Information, "Recipe {Recipe} {Digest} is assigned by {By} ({Reason}): {Told} agents are told, {Waiting} once their model is known ({RolloutId})")]
    public static partial void RecipeAssigned(ILogger logger, string recipe, string digest, string? by, string? reason, int told, int waiting, string rolloutId);

    [LoggerMessage(22, LogLevel.Warning, "{Agent} does not take recipe {Digest}, which is assigned to it no more: {Reason} {Detail}")]
    public static partial void RecipeRefused(ILogger logger, string agent, string digest, string? reason, string? detail);

    [LoggerMessage(23, LogLevel.Information, "Recipe {Recipe} {Digest} is withdrawn by {By} ({Reason}): {Told} agents are told, {Waiting} once their model is known ({RolloutId})")]
    public static partial void RecipeWithdrawn(ILogger logger, string recipe, string digest, string? by, string? reason, int told, int waiting, string rolloutId);
}
