using IMDD.Edge.Agent.Outcomes;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Commands that are sure to be one group.</summary>
internal sealed class CompositeCommand(IReadOnlyList<StoreCommand> commands) : StoreCommand
{
    public override void Execute(StoreTransaction transaction)
    {
        foreach (var command in commands)
        {
            command.Execute(transaction);
        }
    }

    public override void Committed()
    {
        foreach (var command in commands)
        {
            command.Committed();
        }
    }
}
