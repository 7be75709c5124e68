using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes state changes of cameras, which their agent reports.</summary>
public static class CameraStateEvent
{
    /// <summary>A state of a camera.</summary>
    /// <exception cref="ArgumentException">The state is empty, or of another camera.</exception>
    public static CloudEvent Create(CameraPath camera, CameraState state, EventContext context)
    {
        EventGuard.NotEmpty(state.State, nameof(state.State));
        EventGuard.That(state.CameraId == camera.Camera, $"CameraId is '{state.CameraId}': expected '{camera.Camera}'.", nameof(state.CameraId));
        return new EventBuilder(EventTypes.CameraStateChanged, context)
            .Key(EdgeStateKey.Camera(camera))
            .BuildJson(EventId.ForCameraState(camera, state.State, context.Time), camera.Camera, state);
    }
}
