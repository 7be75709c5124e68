using IMDD.Contracts.Events;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>An alarm that should stand now.</summary>
/// <param name="Alarm">Name.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Message">What was seen, for a person.</param>
/// <param name="WindowStart">The window, where there is one.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Limit">What it was to stay below or above.</param>
internal sealed record AlarmCondition(
    string Alarm, Severity Severity, string Message, DateTimeOffset? WindowStart = null, double? Value = null, double? Limit = null);
