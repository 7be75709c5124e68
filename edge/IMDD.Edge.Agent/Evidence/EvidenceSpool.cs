using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Telemetry;

namespace IMDD.Edge.Agent.Evidence;

/// <summary>
/// Pictures of failed frames, their large masks, and pictures of hard examples on the way to the blob store, as files named by content, each there once
/// however many wait for it. A file is there before its outcome or example is stored, so whatever the store says waits is there; a file torn by a power loss
/// is found by its digest.
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
    private long _spooledExamples;

    public EvidenceSpool(
        string folder, EvidenceOptions options, IReadOnlyList<EvidenceItem> waiting, IReadOnlyList<ExampleItem> examples, long? day, long? usedToday, AgentTelemetry telemetry, TimeProvider time,
        ILogger<EvidenceSpool> logger)
    {
        (_folder, _options, _telemetry, _time, _logger) = (folder, options, telemetry, time, logger);
        _day = Today;
        _usedToday = day == _day.DayNumber ? usedToday ?? 0 : 0;
        Directory.CreateDirectory(folder);
        foreach (var item in waiting)
        {
            foreach (var (digest, size) in Files(item))
            {
                AddReference(digest);
                _spooled += size;
            }
        }

        foreach (var example in examples)
        {
            AddReference(example.Digest);
            _spooledExamples += example.SizeBytes;
        }

        foreach (var file in Directory.EnumerateFiles(folder))
        {
            // Written, and the process ended before the outcome was stored: the frame comes again. Or before the example was: it is lost.
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

    /// <summary>Keeps the frame's picture and its large masks if the budget allows; null where it does not.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="masks">Masks that are too large for the event, by the index of their region.</param>
    public EvidenceItem? TryKeep(FrameInFlight frame, IReadOnlyList<(int Region, byte[] Content)> masks)
    {
        if (!_options.Enabled)
        {
            return null;
        }

        EvidenceItem item = new(frame.OutcomeId, frame.Digest!, frame.Header.ContentType ?? "application/octet-stream", frame.Payload.Length, _time.GetUtcNow())
        {
            Masks = masks.Count == 0 ? [] : [.. masks.Select(m => new EvidenceMask(m.Region, ContentDigest.Of(m.Content), m.Content.Length))],
        };
        if (Refusal(Files(item).Sum(f => f.SizeBytes)) is { } refusal)
        {
            _telemetry.EvidenceSkipped(refusal);
            return null;
        }

        var isNew = Files(item).Select(f => AddReference(f.Digest)).ToArray();
        try
        {
            if (isNew[0])
            {
                Write(item.Digest, frame.Payload.Span);
            }

            for (var i = 0; i < masks.Count; i++)
            {
                if (isNew[i + 1])
                {
                    Write(item.Masks[i].Digest, masks[i].Content);
                }
            }

            return item;
        }
        catch (IOException e)
        {
            // The picture is worth less than the outcome: a full disk costs the first and only delays the second.
            Log.EvidenceNotKept(_logger, frame.OutcomeId, e.Message);
            _telemetry.EvidenceSkipped("disk");
            Forget(item);
            return null;
        }
    }

    /// <summary>Keeps the picture of a hard example; null, or why not. Evidence does not wait for it.</summary>
    /// <param name="item">The example.</param>
    /// <param name="picture">The encoded picture.</param>
    /// <param name="maxBytes">Bytes of examples that may wait.</param>
    public string? TryKeep(ExampleItem item, byte[] picture, long maxBytes)
    {
        lock (_lock)
        {
            if (_spooledExamples + item.SizeBytes > maxBytes)
            {
                return "spool";
            }

            _spooledExamples += item.SizeBytes;
        }

        var partial = Path.Combine(_folder, item.OutcomeId + ".part");
        try
        {
            File.WriteAllBytes(partial, picture);
            lock (_lock)
            {
                if (_references.ContainsKey(item.Digest))
                {
                    File.Delete(partial);
                }
                else
                {
                    File.Move(partial, PathOf(item.Digest), overwrite: true);
                }

                AddReference(item.Digest);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.ExampleFailed(_logger, item.OutcomeId, e.Message);
            lock (_lock)
            {
                _spooledExamples -= item.SizeBytes;
            }

            return "disk";
        }
    }

    /// <summary>A file's content, or null when its bytes are not what they were.</summary>
    public async Task<byte[]?> ReadAsync(string digest, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(PathOf(digest), cancellationToken);
            return ContentDigest.Of(bytes) == digest ? bytes : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes what is stored or given up.</summary>
    public void Forget(EvidenceItem item)
    {
        lock (_lock)
        {
            foreach (var (digest, size) in Files(item))
            {
                _spooled -= size;
                RemoveReference(digest);
            }
        }
    }

    /// <summary>Removes the picture of a hard example that is stored or given up.</summary>
    public void Forget(ExampleItem item)
    {
        lock (_lock)
        {
            _spooledExamples -= item.SizeBytes;
            RemoveReference(item.Digest);
        }
    }

    private static IEnumerable<(string Digest, long SizeBytes)> Files(EvidenceItem item)
        => item.Masks.Select(m => (m.Digest, m.SizeBytes)).Prepend((item.Digest, item.SizeBytes));

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

    private void RemoveReference(string digest)
    {
        if (_references.GetValueOrDefault(digest) is > 1 and var count)
        {
            _references[digest] = count - 1;
        }
        else if (_references.Remove(digest))
        {
            File.Delete(PathOf(digest));
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
