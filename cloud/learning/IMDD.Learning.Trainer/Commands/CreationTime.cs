using System.Globalization;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>When a bundle is made.</summary>
internal static class CreationTime
{
    /// <summary>Now, or the moment that reproducible builds name in <c>SOURCE_DATE_EPOCH</c>: then the same run makes the same bundle, byte for byte.</summary>
    public static DateTimeOffset Now()
        => long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : TimeProvider.System.GetUtcNow();
}
