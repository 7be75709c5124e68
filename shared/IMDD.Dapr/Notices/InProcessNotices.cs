namespace IMDD.Dapr.Notices;

/// <summary>Tells who listens in this service.</summary>
internal sealed class InProcessNotices(NoticeListeners listeners) : INotices
{
    public void Publish(string topic) => listeners.Tell(topic);

    public IDisposable Listen(string topic, Action heard) => listeners.Add(topic, heard);
}
