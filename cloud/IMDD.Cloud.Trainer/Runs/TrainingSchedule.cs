using Cronos;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>When the schedule asks for a run.</summary>
internal static class TrainingSchedule
{
    private const int FieldsWithSeconds = 6;

    /// <summary>Five fields, or six with seconds first; null for none.</summary>
    /// <exception cref="CronFormatException">Not an expression.</exception>
    public static CronExpression? Parse(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : CronExpression.Parse(
            text,
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == FieldsWithSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard);

    /// <summary>The first moment after <paramref name="from"/>; null for never.</summary>
    public static DateTimeOffset? Next(TrainerOptions options, DateTimeOffset from)
        => Parse(options.Schedule)?.GetNextOccurrence(from, TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));
}
