using IMDD.Edge.Agent.Examples;
using IMDD.Edge.Agent.Faults;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Remembers a hard example until its picture is stored, and how many the day has had. Its event does not exist before.</summary>
internal sealed class AppendExample(ExampleItem item, long day, int usedToday, CrashPoints crashPoints) : StoreCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction)
    {
        transaction.AppendExample(item);
        transaction.SetNumber(ExampleNumbers.Day, day);
        transaction.SetNumber(ExampleNumbers.Used, usedToday);
    }

    /// <inheritdoc/>
    public override void Committed()
    {
        crashPoints.Pass(CrashPoint.AfterExampleKept);
        _done.TrySetResult();
    }
}
