using System.Text;

namespace IMDD.Messaging.Mqtt;

/// <summary>
/// Waits between attempts to connect: 100 ms, doubled each time up to a maximum, each shortened by up to half, so that the clients of a
/// restarted broker do not come back in step. Seeded by the client id: different per client, the same each time.
/// </summary>
internal sealed class ReconnectBackoff(TimeSpan maximum, string clientId)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private readonly Random _random = new(Seed(clientId));
    private int _attempt;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var ceiling = Math.Min(First.TotalMilliseconds * Math.Pow(2, Math.Min(_attempt++, 20)), maximum.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(ceiling * (0.5 + (_random.NextDouble() / 2)));
    }

    /// <summary>Starts over, after a connection that held.</summary>
    public void Reset() => _attempt = 0;

    // FNV-1a: string.GetHashCode differs from run to run.
    private static int Seed(string text)
    {
        var hash = 2166136261u;
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ value) * 16777619u;
        }

        return unchecked((int)hash);
    }
}
