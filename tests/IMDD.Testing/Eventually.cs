using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace IMDD.Testing;

/// <summary>Waits for conditions, generously: a loaded machine must not fail a test.</summary>
public static class Eventually
{
    /// <summary>How long conditions may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within the time.</exception>
    public static Task HoldsAsync(
        Func<bool> condition, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string expression = "") =>
        HoldsAsync(() => Task.FromResult(condition()), timeout, expression);

    /// <summary>Returns when the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within the time.</exception>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        var limit = timeout ?? Timeout;
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(20))
        {
            if (waited.Elapsed > limit)
            {
                throw new TimeoutException($"Did not come true within {limit}: {expression}");
            }
        }
    }
}
