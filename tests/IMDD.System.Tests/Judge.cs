using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>
/// Checks the conservation law from its two ends: the camera gateway's log and the outcomes that kcat reads. Shares no code with the product;
/// the outcome's id is computed here again from its definition.
/// </summary>
internal sealed class Judge(string bootstrapServers, string deliveryLog)
{
    private const string OutcomeTopic = "imdd.inspection.outcome.v1";
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";

    public async Task<Judgement> ReadAsync()
    {
        var sent = new Dictionary<string, SentFrame>(StringComparer.Ordinal);
        foreach (var line in await File.ReadAllLinesAsync(deliveryLog))
        {
            var json = JsonDocument.Parse(line).RootElement;
            var frame = new SentFrame(
                $"{json.GetProperty("assetPath").GetString()}\n{json.GetProperty("camera").GetString()}\n{json.GetProperty("frameId").GetString()}",
                json.GetProperty("sha256").GetString()!);
            sent.TryAdd(OutcomeId(frame.Identity), frame);
        }

        var records = await new KcatClient(bootstrapServers).ReadAsync(OutcomeTopic);
        var outcomes = records.GroupBy(r => r.Header("ce_id") ?? "").ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        var firsts = outcomes.Values.Select(group => JsonDocument.Parse(group[0].Value!).RootElement).ToList();
        return new Judgement
        {
            Sent = sent.Count,
            Records = records.Count,
            Distinct = outcomes.Count,
            Missing = [.. sent.Keys.Except(outcomes.Keys)],
            Unexpected = [.. outcomes.Keys.Except(sent.Keys)],
            Contradictory = [.. outcomes.Where(o => o.Value.Select(r => JsonDocument.Parse(r.Value!).RootElement.GetProperty("verdict").GetString()).Distinct().Count() > 1).Select(o => o.Key)],
            OtherPicture = [.. outcomes.Where(o => sent.TryGetValue(o.Key, out var frame) && !HasDigest(o.Value[0], frame.Sha256)).Select(o => o.Key)],
            Truncated = [.. records.GroupBy(r => r.Partition).Where(p => p.Min(r => r.Offset) > 0).Select(p => p.Key)],
            Verdicts = firsts.CountBy(Outcome).ToDictionary(),
        };
    }

    private static string Outcome(JsonElement outcome)
    {
        var verdict = outcome.GetProperty("verdict").GetString()!;
        return outcome.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? $"{verdict}/{reason.GetString()}" : verdict;
    }

    private static bool HasDigest(KcatRecord record, string sha256) =>
        record.Headers.Any(h => h.Value.Contains(Hex(sha256), StringComparison.Ordinal)) || record.Value!.Contains(Hex(sha256), StringComparison.Ordinal);

    private static string Hex(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static string OutcomeId(string identity)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16);
        var bits = string.Concat(digest.ToArray().Select(b => Convert.ToString(b, 2).PadLeft(8, '0'))).PadRight(130, '0');
        return string.Concat(bits.Chunk(5).Select(five => Base32[Convert.ToInt32(new string(five), 2)]));
    }
}
