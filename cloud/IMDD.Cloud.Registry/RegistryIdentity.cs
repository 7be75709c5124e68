using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry;

/// <summary>Who writes the events.</summary>
internal sealed class RegistryIdentity(IOptions<RegistryOptions> options, TimeProvider time)
{
    private readonly EventSource _source = EventSource.Service("registry", options.Value.InstanceName);

    /// <summary>An event of now.</summary>
    public EventContext Now()
    {
        var now = time.GetUtcNow();
        return new EventContext { Source = _source, Time = now, RecordedTime = now };
    }

    /// <summary>A name for a wish that no other has.</summary>
    public string NewRolloutId() => EventId.Base32(Guid.CreateVersion7(time.GetUtcNow()).ToByteArray(bigEndian: true));
}
