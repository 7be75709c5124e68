using System.Runtime;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// Keeps the garbage collector out of a run's steps. TorchSharp hands a number to libtorch as an object with a finaliser and does not keep it
/// alive during the native call (0.107, as in <c>Tensor.mul(Scalar)</c>): a collection on another thread at that moment frees the number while it is
/// read. Its own optimisers pass thousands a second, so on a loaded machine a run of some thousand steps meets it, as a failure or as a wrong
/// number. Collections therefore happen where <see cref="Renew"/> is called, with no such call in flight.
/// </summary>
internal sealed class NoCollection : IDisposable
{
    private const long BudgetBytes = 192L << 20;

    private readonly long _limit;
    private long _begin;

    public NoCollection()
    {
        _limit = BudgetBytes / 2;
        Begin();
    }

    /// <summary>Collects where half of the budget is used up.</summary>
    public void Renew()
    {
        if (GC.GetTotalAllocatedBytes() - _begin > _limit)
        {
            Dispose();
            Begin();
        }
    }

    public void Dispose()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }
    }

    private void Begin()
    {
        if (GCSettings.LatencyMode != GCLatencyMode.NoGCRegion)
        {
            GC.TryStartNoGCRegion(BudgetBytes);
        }

        _begin = GC.GetTotalAllocatedBytes();
    }
}
