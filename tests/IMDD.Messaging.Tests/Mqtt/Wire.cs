namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>Reads MQTT control packets from raw bytes (MQTT 5, section 2.1), independent of the client library.</summary>
internal static class Wire
{
    private const int Connect = 1;
    private const int PubAck = 4;

    /// <summary>Packet identifiers of the PUBACKs, in order.</summary>
    public static IReadOnlyList<int> PubAcks(byte[] sent) =>
        [.. Packets(sent).Where(p => p.Type == PubAck).Select(p => (p.Body[0] << 8) | p.Body[1])];

    /// <summary>The Clean Start flag of the CONNECT.</summary>
    public static bool CleanStart(byte[] sent)
    {
        var connect = Packets(sent).First(p => p.Type == Connect).Body;

        // Protocol name "MQTT" with its length, version, flags.
        return (connect[7] & 0b10) != 0;
    }

    private static IEnumerable<(int Type, byte[] Body)> Packets(byte[] bytes)
    {
        for (var at = 0; at + 2 <= bytes.Length;)
        {
            var type = bytes[at++] >> 4;
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                if (at == bytes.Length)
                {
                    yield break;
                }

                var digit = bytes[at++];
                length |= (digit & 0x7F) << shift;
                if ((digit & 0x80) == 0)
                {
                    break;
                }
            }

            if (at + length > bytes.Length)
            {
                yield break;
            }

            yield return (type, bytes[at..(at + length)]);
            at += length;
        }
    }
}
