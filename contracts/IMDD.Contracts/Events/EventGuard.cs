using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>What a writer must never send: found here, not by the reader.</summary>
internal static class EventGuard
{
    /// <exception cref="ArgumentException">Not a finite number between 0 and 1.</exception>
    public static void Score(double? score, string field)
    {
        if (score is { } value && !(value >= 0 && value <= 1))
        {
            throw new ArgumentException($"{field} is {value}: expected a number from 0 to 1.", field);
        }
    }

    /// <exception cref="ArgumentException">Not <c>sha256:</c> and 64 hex digits.</exception>
    public static void Digest(string? digest, string field)
    {
        if (digest is not null && !ContentDigest.IsValid(digest))
        {
            throw new ArgumentException($"{field} is '{digest}': expected sha256: and 64 lower-case hex digits.", field);
        }
    }

    /// <exception cref="ArgumentException">Null or empty.</exception>
    public static void NotEmpty(string? text, string field)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new ArgumentException($"{field} is empty.", field);
        }
    }

    /// <exception cref="ArgumentException">The condition does not hold.</exception>
    public static void That(bool condition, string message, string field)
    {
        if (!condition)
        {
            throw new ArgumentException(message, field);
        }
    }
}
