using System.Diagnostics.Metrics;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>The gateway's metrics.</summary>
internal sealed class CameraTelemetry
{
    /// <summary>Meter's name.</summary>
    public const string MeterName = "IMDD.Edge.Camera";

    private readonly Counter<long> _sent;
    private readonly Counter<long> _returned;
    private readonly Counter<long> _resent;
    private readonly Counter<long> _refused;
    private readonly Counter<double> _blocked;

    public CameraTelemetry(IMeterFactory meters, CameraGatewayStatus status)
    {
        var meter = meters.Create(MeterName);
        _sent = meter.CreateCounter<long>("imdd.camera.frames.sent", "{frame}", "Frames accepted for delivery.");
        _returned = meter.CreateCounter<long>("imdd.camera.frames.returned", "{frame}", "Frames whose outcome came back.");
        _resent = meter.CreateCounter<long>("imdd.camera.frames.resent", "{frame}", "Publications after the first.");
        _refused = meter.CreateCounter<long>("imdd.camera.frames.refused", "{frame}", "Publications the broker refused; the frame stays in the spool.");
        _blocked = meter.CreateCounter<double>("imdd.camera.blocked.time", "s", "Time a source waited because the spool was full.");
        meter.CreateObservableGauge(
            "imdd.camera.spool.frames",
            () => status.Cameras.Select(c => new Measurement<long>(c.Pending, Tag(c.Camera))),
            "{frame}",
            "Frames that wait for their outcome.");
    }

    public void Sent(string camera) => _sent.Add(1, Tag(camera));

    public void Returned(string camera) => _returned.Add(1, Tag(camera));

    public void Resent(string camera) => _resent.Add(1, Tag(camera));

    public void Refused(string camera) => _refused.Add(1, Tag(camera));

    public void Blocked(string camera, TimeSpan time) => _blocked.Add(time.TotalSeconds, Tag(camera));

    private static KeyValuePair<string, object?> Tag(string camera) => new("imdd.camera", camera);
}
