using System.Security.Cryptography;
using System.Text;
using IMDD.Messaging.Kafka;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Relational;

/// <summary>Identity of dead letters.</summary>
internal static class DeadLetter
{
    private const int IdBytes = 16;

    /// <summary>The same record set aside twice has the same id.</summary>
    public static string IdOf(KafkaConsumed record)
    {
        var text = $"{record.Topic}\n{record.Partition}\n{record.Offset}\n{record.Timestamp.UtcTicks}";
        return EventId.Base32(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, IdBytes));
    }
}
