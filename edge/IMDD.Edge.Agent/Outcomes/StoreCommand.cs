namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A change of the store. The writer runs many in one transaction; a command may run again when its transaction failed.</summary>
internal abstract class StoreCommand
{
    /// <summary>Makes the change within the open transaction.</summary>
    public abstract void Execute(StoreTransaction transaction);

    /// <summary>Called once the change is durable, on the writer's thread.</summary>
    public virtual void Committed()
    {
    }
}
