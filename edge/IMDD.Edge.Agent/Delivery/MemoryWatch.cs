namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Whether the process goes on growing while a release is on trial. What it takes in the first half, to warm up, counts as nothing; then its memory is to be
/// flat.
/// </summary>
/// <param name="trial">How long the trial takes.</param>
/// <param name="maxGrowth">Bytes that it may grow by in the second half.</param>
internal sealed class MemoryWatch(TimeSpan trial, long maxGrowth)
{
    private const int LeastLooks = 3;

    /// <summary>It has grown where it was so much all the time: one large frame, or garbage that waits to be collected, is no leak.</summary>
    private readonly TimeSpan _span = trial / 8;

    private readonly Queue<(TimeSpan At, long Bytes)> _last = new();
    private bool _isSpanned;
    private long? _settled;

    /// <summary>Takes one look; how much it has grown where that is too much, else null.</summary>
    /// <param name="elapsed">Since the trial has begun.</param>
    /// <param name="residentBytes">Resident memory of the process.</param>
    public string? Breach(TimeSpan elapsed, long residentBytes)
    {
        if (elapsed < trial / 2)
        {
            return null;
        }

        if (elapsed < trial * 0.75)
        {
            _settled = Math.Min(_settled ?? long.MaxValue, residentBytes);
            return null;
        }

        _last.Enqueue((elapsed, residentBytes));
        while (elapsed - _last.Peek().At > _span)
        {
            _last.Dequeue();
            _isSpanned = true;
        }

        return _isSpanned && _last.Count >= LeastLooks && _last.Min(look => look.Bytes) - _settled is { } growth && growth > maxGrowth
            ? FormattableString.Invariant($"The process has grown by {growth >> 20} MiB in the second half of the trial, to {residentBytes >> 20} MiB: at most {maxGrowth >> 20} MiB may be.")
            : null;
    }
}
