using IMDD.Contracts.Identity;

namespace IMDD.Edge.Agent;

/// <summary>Who writes the events: one agent, in one of its lives.</summary>
internal sealed class AgentIdentity
{
    /// <summary>Takes the names from validated options; the boot id is new with each process.</summary>
    public AgentIdentity(AgentOptions options, TimeProvider time)
    {
        Asset = AssetPath.Parse(options.Asset);
        Name = options.Name;
        Source = EventSource.Agent(Asset, Name);
        BootId = EventId.Base32(Guid.CreateVersion7(time.GetUtcNow()).ToByteArray(bigEndian: true));
        Since = time.GetUtcNow();
    }

    /// <summary>The cell.</summary>
    public AssetPath Asset { get; }

    /// <summary>The box.</summary>
    public string Name { get; }

    /// <summary>CloudEvents source of every event: one writer.</summary>
    public EventSource Source { get; }

    /// <summary>New with each start of the process.</summary>
    public string BootId { get; }

    /// <summary>When this life began.</summary>
    public DateTimeOffset Since { get; }
}
