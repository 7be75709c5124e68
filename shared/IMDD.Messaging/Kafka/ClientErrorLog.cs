using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Kafka;

/// <summary>Logs a client's errors, each kind at most every half minute: librdkafka reports each refused connection of an outage.</summary>
internal sealed class ClientErrorLog(string client, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<ErrorCode, long> _last = new();

    /// <summary>Logs as a warning, or at debug level where the same kind was logged a moment ago.</summary>
    public void Report(Error error)
    {
        var now = time.GetTimestamp();
        var isDue = error.IsFatal || !_last.TryGetValue(error.Code, out var last) || time.GetElapsedTime(last, now) >= Interval;
        if (isDue)
        {
            _last[error.Code] = now;
            logger.ClientError(client, error.Code.ToString(), error.Reason);
        }
        else
        {
            logger.ClientLog(client, error.Code.ToString(), error.Reason);
        }
    }
}
