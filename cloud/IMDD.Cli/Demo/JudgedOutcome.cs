using IMDD.Contracts.Events;

namespace IMDD.Cli.Demo;

/// <summary>What an outcome on Kafka says.</summary>
internal readonly record struct JudgedOutcome(Verdict Verdict, string? Reason);
