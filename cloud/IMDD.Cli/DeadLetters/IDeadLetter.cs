namespace IMDD.Cli.DeadLetters;

/// <summary>Something that was set aside.</summary>
internal interface IDeadLetter
{
    DeadLetterFacts Facts { get; }

    /// <summary>Puts it back; null, or why it was not.</summary>
    Task<string?> ReplayAsync(ReplayTargets targets, CancellationToken cancellationToken);
}
