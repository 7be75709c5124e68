using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the message of <c>balance/{camera}</c>, one end of the conservation law.</summary>
public static class CameraBalanceEvent
{
    /// <summary>What a camera gateway has counted for one camera.</summary>
    /// <exception cref="ArgumentException">The balance is of another camera, or a count is negative.</exception>
    public static CloudEvent Create(CameraPath camera, CameraBalance balance, EventContext context)
    {
        EventGuard.NotEmpty(balance.BootId, nameof(balance.BootId));
        EventGuard.That(balance.CameraId == camera.Camera, $"CameraId is '{balance.CameraId}': expected '{camera.Camera}'.", nameof(balance.CameraId));
        EventGuard.That(
            balance is { Sent: >= 0, Returned: >= 0, Spooled: >= 0, Resent: >= 0 },
            $"A count of the balance of '{camera}' is negative.",
            nameof(balance));
        return new EventBuilder(EventTypes.CameraBalanceReported, context)
            .Key(EdgeStateKey.Balance(camera))
            .BuildJson(EventId.ForBalance(camera, balance.BootId, context.RecordedTime), camera.Camera, balance);
    }
}
