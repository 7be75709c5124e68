namespace IMDD.Dapr.Notices;

/// <summary>
/// Word between our services that something may be worth a look. Notices only save waiting: they may be lost, doubled or come in another order,
/// so whoever hears one looks as it would have by itself later.
/// </summary>
public interface INotices
{
    /// <summary>Tells all who listen, without waiting for them. Never throws for a notice that does not arrive.</summary>
    /// <param name="topic">One of <see cref="NoticeTopics"/>.</param>
    void Publish(string topic);

    /// <summary>Listens until disposed. What is called must be quick and not throw.</summary>
    IDisposable Listen(string topic, Action heard);
}
