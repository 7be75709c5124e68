using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Telemetry;

namespace IMDD.Edge.Agent.Evidence;

/// <summary>
/// Pictures of failed frames on their way to the blob store, as files named by content. A picture is in its file before its outcome is
/// stored, so whatever the store says waits is there; a file torn by a power loss is found by its digest.
/// </summary>
internal sealed class EvidenceSpool
{
    private const string Extension = ".frame";

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly EvidenceOptions _options;
    private readonly AgentTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<EvidenceSpool> _logger;
    private readonly Dictionary<string, int> _references = new(StringComparer.Ordinal);
    private DateOnly _day;
    private long _usedToday;
    private long _spooled;

    public EvidenceSpool(
        string folder, EvidenceOptions options, IReadOnlyList<EvidenceItem> waiting, long? day, long? usedToday, AgentTelemetry telemetry, TimeProvider time,
        ILogger<EvidenceSpool> logger)
    {
        (_folder, _options, _telemetry, _time, _logger) = (folder, options, telemetry, time, logger);
        _day = Today;
        _usedToday = day == _day.DayNumber ? usedToday ?? 0 : 0;
        Directory.CreateDirectory(folder);
        foreach (var item in waiting)
        {
            AddReference(item.Digest);
            _spooled += item.SizeBytes;
        }

        foreach (var file in Directory.EnumerateFiles(folder))
        {
            // Written, and the process ended before the outcome was stored: the frame comes again.
            if (!_references.ContainsKey(ContentDigest.Prefix + Path.GetFileNameWithoutExtension(file)))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Bytes of pictures kept today, and which day it is, for the store to remember.</summary>
    public (int Day, long Bytes) UsedToday
    {
        get
        {
            lock (_lock)
            {
                return (_day.DayNumber, _usedToday);
            }
        }
    }

    private DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    /// <summary>Keeps the frame's picture if the budget allows; null where it does not.</summary>
    public EvidenceItem? TryKeep(FrameInFlight frame)
    {
        if (!_options.Enabled)
        {
            return null;
        }

        var size = frame.Payload.Length;
        if (Refusal(size) is { } refusal)
        {
            _telemetry.EvidenceSkipped(refusal);
            return null;
        }

        try
        {
            var digest = frame.Digest!;
            if (AddReference(digest))
            {
                Write(digest, frame.Payload.Span);
            }

            return new EvidenceItem(frame.OutcomeId, digest, frame.Header.ContentType ?? "application/octet-stream", size, _time.GetUtcNow());
        }
        catch (IOException e)
        {
            // The picture is worth less than the outcome: a full disk costs the first and only delays the second.
            Log.EvidenceNotKept(_logger, frame.OutcomeId, e.Message);
            _telemetry.EvidenceSkipped("disk");
            Forget(frame.Digest!, size);
            return null;
        }
    }

    /// <summary>The picture, or null when its bytes are not what they were.</summary>
    public async Task<byte[]?> ReadAsync(EvidenceItem item, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(PathOf(item.Digest), cancellationToken);
            return ContentDigest.Of(bytes) == item.Digest ? bytes : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a picture that is stored or given up.</summary>
    public void Forget(string digest, long size)
    {
        lock (_lock)
        {
            if (!_references.TryGetValue(digest, out var count))
            {
                return;
            }

            _spooled -= size;
            if (count > 1)
            {
                _references[digest] = count - 1;
                return;
            }

            _references.Remove(digest);
            File.Delete(PathOf(digest));
        }
    }

    private string? Refusal(long size)
    {
        lock (_lock)
        {
            if (_day != Today)
            {
                (_day, _usedToday) = (Today, 0);
            }

            if (_usedToday + size > _options.BytesPerDay)
            {
                return "budget";
            }

            if (_spooled + size > _options.SpoolMaxBytes)
            {
                return "spool";
            }

            _usedToday += size;
            _spooled += size;
            return null;
        }
    }

    private bool AddReference(string digest)
    {
        lock (_lock)
        {
            var count = _references.GetValueOrDefault(digest);
            _references[digest] = count + 1;
            return count == 0;
        }
    }

    private void Write(string digest, ReadOnlySpan<byte> bytes)
    {
        var path = PathOf(digest);
        var partial = path + ".part";
        File.WriteAllBytes(partial, bytes);
        File.Move(partial, path, overwrite: true);
    }

    private string PathOf(string digest) => Path.Combine(_folder, digest[ContentDigest.Prefix.Length..] + Extension);
}
