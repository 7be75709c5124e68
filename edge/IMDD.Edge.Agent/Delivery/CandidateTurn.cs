namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Groups of cameras take turns at what their candidates cost the box: room on the disk, the network, threads and memory while they are checked and loaded.
/// Watching and trials are no part of it.
/// </summary>
internal sealed class CandidateTurn : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Does the work when it is the caller's turn. The work must not ask for another.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before its turn came, or in it.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<Task> work, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await work();
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
