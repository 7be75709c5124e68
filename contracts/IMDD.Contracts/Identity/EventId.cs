using System.Security.Cryptography;
using System.Text;

namespace IMDD.Contracts.Identity;

/// <summary>The identity of everything that follows from a frame is a function of the frame, so that what is sent twice is counted once.</summary>
public static class EventId
{
    private const string Base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdBytes = 16;

    /// <summary>
    /// The outcome's <c>ce_id</c>: lower-case base32, unpadded (26 characters), of the first 128 bits of
    /// SHA-256(<c>assetPath</c> LF <c>camera</c> LF <c>frameId</c>).
    /// </summary>
    public static string ForOutcome(CameraPath camera, string frameId)
        => Of($"{camera.Asset}\n{camera.Camera}\n{frameId}");

    /// <summary>The defect event's <c>ce_id</c>: the outcome's with suffix <c>-d</c>.</summary>
    public static string ForDefect(string outcomeId) => outcomeId + "-d";

    /// <summary>The frame-stored event's <c>ce_id</c>: the outcome's with suffix <c>-s</c>.</summary>
    public static string ForFrameStored(string outcomeId) => outcomeId + "-s";

    /// <summary>The receipt's <c>id</c>: the outcome's with suffix <c>-r</c>.</summary>
    public static string ForReceipt(string outcomeId) => outcomeId + "-r";

    /// <summary>The id of one revision of a window: the same window and revision, written again after a restart, count once.</summary>
    public static string ForWindow(string line, DateTimeOffset windowStart, int windowSeconds, long revision)
        => Of($"{line}\n{windowStart.ToUnixTimeSeconds()}\n{windowSeconds}\n{revision}");

    /// <summary>The id of one window of a camera's statistics: read twice, it counts once.</summary>
    public static string ForCameraStatistics(CameraPath camera, string modelDigest, DateTimeOffset windowStart)
        => Of($"{camera}\n{modelDigest}\n{Microseconds(windowStart)}\nstatistics");

    /// <summary>The id of one change of an alarm.</summary>
    public static string ForAlarm(string line, string alarm, string state, DateTimeOffset since)
        => Of($"{line}\n{alarm}\n{state}\n{Microseconds(since)}");

    /// <summary>The id of one change of a camera's state.</summary>
    public static string ForCameraState(CameraPath camera, string state, DateTimeOffset time) => Of($"{camera}\n{state}\n{Microseconds(time)}");

    /// <summary>The id of one report of a camera gateway's counts.</summary>
    public static string ForBalance(CameraPath camera, string bootId, DateTimeOffset recordedTime) => Of($"{camera}\n{bootId}\n{Microseconds(recordedTime)}");

    /// <summary>The hard example's <c>ce_id</c>: the outcome's with suffix <c>-x</c>.</summary>
    public static string ForHardExample(string outcomeId) => outcomeId + "-x";

    /// <summary>The <c>ce_id</c> of the hard example that people's word made of a frame: the outcome's with suffix <c>-o</c>.</summary>
    public static string ForOverruled(string outcomeId) => outcomeId + "-o";

    /// <summary>The id of a person's word on a picture: said again after a crash, it counts once.</summary>
    public static string ForLabel(string frameDigest, string raterId, long revision) => Of($"{frameDigest}\n{raterId}\n{revision}");

    /// <summary>The id of one revision of what is agreed of a picture.</summary>
    public static string ForConsensus(string frameDigest, long revision) => Of($"{frameDigest}\nconsensus\n{revision}");

    /// <summary>The id of what is desired of an agent.</summary>
    /// <param name="asset">The cell.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="rolloutId">Of the message.</param>
    /// <param name="wishes">The groups and the ids of the wishes for them, where the message's own id does not say it all.</param>
    public static string ForDesired(AssetPath asset, string agent, string rolloutId, IEnumerable<string> wishes)
        => Of(string.Join('\n', wishes.Prepend($"{asset}\n{agent}\n{rolloutId}")));

    /// <summary>The id of one report of an agent's step.</summary>
    public static string ForRolloutStep(AssetPath asset, string agent, string rolloutId, string? group, string step, DateTimeOffset recordedTime)
        => Of($"{asset}\n{agent}{(group is null ? "" : ":" + group)}\n{rolloutId}\n{step}\n{Microseconds(recordedTime)}");

    /// <summary>The id of a release's registration.</summary>
    public static string ForModelRegistered(string digest) => Of($"{digest}\nregistered");

    /// <summary>The id of one move of an alias.</summary>
    public static string ForModelPromoted(string digest, string alias, DateTimeOffset recordedTime) => Of($"{digest}\n{alias}\n{Microseconds(recordedTime)}");

    /// <summary>
    /// The id of a frame that came without one (a foreign camera): SHA-256(topic LF payload digest LF receive second), as base32.
    /// Equal frames within one second share it and so count once.
    /// </summary>
    /// <param name="topic">The MQTT topic.</param>
    /// <param name="payloadDigest"><c>sha256:</c> and the hex digest of the payload.</param>
    /// <param name="receivedAt">When the agent received it; only the whole second counts.</param>
    public static string DeriveFrameId(string topic, string payloadDigest, DateTimeOffset receivedAt)
        => Of($"{topic}\n{payloadDigest}\n{receivedAt.ToUnixTimeSeconds()}");

    /// <summary><c>{bootId}-{sequence}</c>: the id a camera gives to a frame.</summary>
    public static string ForFrame(string bootId, long sequence) => $"{bootId}-{sequence}";

    /// <summary>RFC 4648 base32, lower case, without padding.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        int buffer = 0, bits = 0;
        foreach (var b in bytes)
        {
            buffer = (buffer << 8) | b;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Base32Alphabet[(buffer >> bits) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        if (bits > 0)
        {
            text.Append(Base32Alphabet[(buffer << (5 - bits)) & 31]);
        }

        return text.ToString();
    }

    /// <summary>What is left of a time once it has been written: a time that was read back must give the same id.</summary>
    private static long Microseconds(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static string Of(string text) => Base32(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, IdBytes));
}
