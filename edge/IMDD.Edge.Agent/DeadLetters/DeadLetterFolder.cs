using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Telemetry;

namespace IMDD.Edge.Agent.DeadLetters;

/// <summary>
/// Copies of frames that could not be used, for the person who has to find out why: what was said of them as JSON, and their bytes (the
/// first 64 KiB of one that is too large). Bounded in size and age; the oldest go first. Losing a copy never costs the outcome.
/// </summary>
internal sealed class DeadLetterFolder
{
    private const int TooLargeKeepsBytes = 64 << 10;
    private const string LetterExtension = ".json";
    private const string PayloadExtension = ".bin";

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly DeadLetterOptions _options;
    private readonly AgentTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<DeadLetterFolder> _logger;
    private readonly Queue<(string Path, long Bytes, DateTimeOffset Since)> _files;
    private long _bytes;
    private long _count;

    public DeadLetterFolder(string folder, DeadLetterOptions options, AgentTelemetry telemetry, TimeProvider time, ILogger<DeadLetterFolder> logger)
    {
        (_folder, _options, _telemetry, _time, _logger) = (folder, options, telemetry, time, logger);
        Directory.CreateDirectory(folder);
        _files = new(new DirectoryInfo(folder).EnumerateFiles()
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => (f.FullName, f.Length, new DateTimeOffset(f.LastWriteTimeUtc, TimeSpan.Zero))));
        _bytes = _files.Sum(f => f.Bytes);
    }

    /// <summary>Keeps a frame.</summary>
    public void Keep(FrameInFlight frame, string reason, string detail)
        => Keep(
            new DeadLetter
            {
                Reason = reason,
                Detail = detail,
                Camera = frame.Line.Key,
                FrameId = frame.Header.FrameId,
                OutcomeId = frame.OutcomeId,
                Digest = frame.Digest,
                SizeBytes = frame.Payload.Length,
                ContentType = frame.Header.ContentType,
                ReceivedAt = frame.ReceivedAt,
                Properties = frame.Properties.Select(p => $"{p.Key}: {p.Value}").ToList(),
            },
            reason == UndecidedReason.TooLarge ? frame.Payload.Span[..Math.Min(frame.Payload.Length, TooLargeKeepsBytes)] : frame.Payload.Span);

    /// <summary>Keeps something that is not a frame of any camera, or a record that Kafka refuses.</summary>
    public void Keep(DeadLetter letter, ReadOnlySpan<byte> payload)
    {
        _telemetry.DeadLettered(letter.Reason);
        Log.DeadLettered(_logger, letter.Camera, letter.FrameId, letter.Reason, letter.Detail);
        lock (_lock)
        {
            try
            {
                var name = $"{_time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.ffffff'Z'", CultureInfo.InvariantCulture)}-{_count++ % 10_000:D4}-{letter.Reason}";
                Write(name + PayloadExtension, payload);
                Write(name + LetterExtension, ImddJson.Serialize(letter));
                Trim();
            }
            catch (IOException e)
            {
                Log.DeadLetterNotKept(_logger, letter.FrameId, e.Message);
            }
        }
    }

    private void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        _files.Enqueue((path, bytes.Length, _time.GetUtcNow()));
        _bytes += bytes.Length;
    }

    private void Trim()
    {
        var oldest = _time.GetUtcNow() - _options.MaxAge;
        while (_files.TryPeek(out var file) && (_bytes > _options.MaxBytes || file.Since < oldest))
        {
            _files.Dequeue();
            _bytes -= file.Bytes;
            File.Delete(file.Path);
        }
    }
}
