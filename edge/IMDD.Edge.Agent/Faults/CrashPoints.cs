using System.Globalization;

namespace IMDD.Edge.Agent.Faults;

/// <summary>
/// Ends the process at a named point, as a kill would: <c>IMDD_CRASH_POINT=after-commit:3</c> at the third pass. Does nothing unless
/// <see cref="AgentOptions.AllowFaultInjection"/> is set.
/// </summary>
internal sealed class CrashPoints
{
    /// <summary>Where the point is named.</summary>
    public const string Variable = "IMDD_CRASH_POINT";

    private readonly CrashPoint? _armed;
    private long _passesLeft;

    private CrashPoints(CrashPoint? armed, long passes) => (_armed, _passesLeft) = (armed, passes);

    /// <summary>Points that never fire.</summary>
    public static CrashPoints None { get; } = new(null, 0);

    /// <summary>All names, as written in the variable.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<CrashPoint>().Select(NameOf)];

    /// <summary>Those that a frame passes.</summary>
    public static IReadOnlyList<string> FrameNames { get; } = [.. Enum.GetValues<CrashPoint>().Where(point => point < CrashPoint.AfterExampleSpooled).Select(NameOf)];

    /// <summary>Those that a hard example passes.</summary>
    public static IReadOnlyList<string> ExampleNames { get; }
        = [.. Enum.GetValues<CrashPoint>().Where(point => point is >= CrashPoint.AfterExampleSpooled and < CrashPoint.AfterWish).Select(NameOf)];

    /// <summary>Those that a model passes on its way to decide.</summary>
    public static IReadOnlyList<string> DeliveryNames { get; } = [.. Enum.GetValues<CrashPoint>().Where(point => point is >= CrashPoint.AfterWish and < CrashPoint.BeforeBack).Select(NameOf)];

    /// <summary>Those that a model passes which is taken out on trial.</summary>
    public static IReadOnlyList<string> BackNames { get; } = [.. Enum.GetValues<CrashPoint>().Where(point => point is >= CrashPoint.BeforeBack and < CrashPoint.AfterRootCheck).Select(NameOf)];

    /// <summary>Those that a root document passes on its way to be trusted.</summary>
    public static IReadOnlyList<string> RootNames { get; } = [.. Enum.GetValues<CrashPoint>().Where(point => point is >= CrashPoint.AfterRootCheck and < CrashPoint.AfterRecipeCheck).Select(NameOf)];

    /// <summary>Those that a recipe without a model passes on its way into force.</summary>
    public static IReadOnlyList<string> RecipeNames { get; } = [.. Enum.GetValues<CrashPoint>().Where(point => point is >= CrashPoint.AfterRecipeCheck and < CrashPoint.BeforeRecipeBack).Select(NameOf)];

    /// <summary>Those that a recipe without a model passes which is taken out on trial.</summary>
    public static IReadOnlyList<string> RecipeBackNames { get; } = [.. Enum.GetValues<CrashPoint>().Where(point => point >= CrashPoint.BeforeRecipeBack).Select(NameOf)];

    /// <summary>Reads <c>name[:n]</c>; null or empty arms nothing.</summary>
    /// <exception cref="FormatException">Not a known name, or not a count of at least 1.</exception>
    public static CrashPoints Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return None;
        }

        var cut = text.IndexOf(':', StringComparison.Ordinal);
        var name = cut < 0 ? text : text[..cut];
        var passes = 1L;
        if (cut >= 0 && (!long.TryParse(text.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out passes) || passes < 1))
        {
            throw new FormatException($"{Variable} is '{text}': expected a count of at least 1 after the colon.");
        }

        foreach (var point in Enum.GetValues<CrashPoint>())
        {
            if (NameOf(point) == name)
            {
                return new CrashPoints(point, passes);
            }
        }

        throw new FormatException($"{Variable} names '{name}': expected one of {string.Join(", ", Names)}.");
    }

    /// <summary>Passes a point; does not return when it is the armed one and its count is reached.</summary>
    public void Pass(CrashPoint point)
    {
        if (_armed == point && Interlocked.Decrement(ref _passesLeft) == 0)
        {
            Environment.FailFast($"Crash point {NameOf(point)}");
        }
    }

    private static string NameOf(CrashPoint point)
        => string.Concat(point.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
