using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>The statements of the one writer and what it keeps in memory. Used on the writer's thread alone.</summary>
internal sealed class StoreTransaction : IDisposable
{
    /// <summary>A clock that was set back by more than this is believed; by less, the camera's last time is kept.</summary>
    private static readonly TimeSpan ClampLimit = TimeSpan.FromMinutes(10);

    private readonly SqliteConnection _connection;
    private readonly EventSource _source;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, CameraRow> _cameras = new(StringComparer.Ordinal);
    private readonly HashSet<OutboxLaneId> _touched = [];
    private readonly HashSet<OutboxLaneId> _lanes = [];
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin, _commit, _rollback, _insertCamera, _updateCamera, _insertKnown, _insertOutbox, _advance, _insertEvidence;
    private readonly Statement _selectEvidence, _deleteEvidence, _release, _selectWaiting, _complete, _setNumber, _oldest, _purgeConfirmed, _purgeKnown, _dropPass;
    private readonly Statement _insertExample, _selectExample, _deleteExample, _dropExamples, _dropExampleEvents, _dropStatistics;
    private long _lastPosition;

    public StoreTransaction(SqliteConnection connection, EventSource source, TimeProvider time)
    {
        _source = source;
        _connection = connection;
        _time = time;
        _begin = Prepare("BEGIN IMMEDIATE", 0);
        _commit = Prepare("COMMIT", 0);
        _rollback = Prepare("ROLLBACK", 0);
        _insertCamera = Prepare("INSERT INTO camera(path, ordinal, recorded, boot, first, high) VALUES($1, 0, 0, NULL, 0, 0) RETURNING id", 1);
        _updateCamera = Prepare("UPDATE camera SET ordinal = $2, recorded = $3, boot = $4, first = $5, high = $6 WHERE id = $1", 6);
        _insertKnown = Prepare("INSERT OR IGNORE INTO known(id, at, verdict, reason, deadline_met) VALUES($1, $2, $3, $4, $5)", 5);
        _insertOutbox = Prepare(
            "INSERT INTO outbox(position, lane, waiting, outcome, verdict, happened, recorded, headers, value) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9);
        _advance = Prepare("INSERT INTO lane(id, confirmed) VALUES($1, $2) ON CONFLICT(id) DO UPDATE SET confirmed = excluded.confirmed", 2);
        _insertEvidence = Prepare(
            "INSERT OR REPLACE INTO evidence(outcome, digest, content_type, size, at, camera, defect, happened, sequence, trace, value, masks) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 12);
        _selectEvidence = Prepare("SELECT camera, defect, happened, sequence, trace, value FROM evidence WHERE outcome = $1", 1);
        _deleteEvidence = Prepare("DELETE FROM evidence WHERE outcome = $1", 1);
        _release = Prepare("UPDATE outbox SET waiting = 0 WHERE position = $1 AND waiting = 1 RETURNING lane", 1);
        _selectWaiting = Prepare("SELECT value FROM outbox WHERE position = $1 AND waiting = 1", 1);
        _complete = Prepare("UPDATE outbox SET waiting = 0, value = $2 WHERE position = $1", 2);
        _setNumber = Prepare("INSERT INTO meta(name, value) VALUES($1, $2) ON CONFLICT(name) DO UPDATE SET value = excluded.value", 2);
        _oldest = Prepare("SELECT recorded FROM outbox WHERE lane = $1 AND position <= $2 ORDER BY position LIMIT 1", 2);
        _purgeConfirmed = Prepare(
            "DELETE FROM outbox WHERE position IN (SELECT position FROM outbox WHERE lane = $1 AND position <= $2 ORDER BY position LIMIT $4) AND recorded < $3", 4);
        _purgeKnown = Prepare("DELETE FROM known WHERE id IN (SELECT id FROM known WHERE at < $1 LIMIT $2)", 2);
        _dropPass = Prepare(
            """
            DELETE FROM outbox WHERE position IN (
              SELECT position FROM outbox WHERE verdict = $1 AND position > coalesce((SELECT confirmed FROM lane WHERE id = outbox.lane), 0)
              ORDER BY position LIMIT $2)
            """,
            2);
        _insertExample = Prepare(
            "INSERT OR IGNORE INTO example(outcome, camera, digest, content_type, size, at, happened, trace, value) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9);
        _selectExample = Prepare("SELECT camera, happened FROM example WHERE outcome = $1", 1);
        _deleteExample = Prepare("DELETE FROM example WHERE outcome = $1", 1);
        _dropExamples = Prepare(
            $"""
            DELETE FROM example WHERE outcome IN (SELECT outcome FROM example ORDER BY at LIMIT $1)
            RETURNING {ExampleRow.Columns}, (SELECT path FROM camera WHERE camera.id = example.camera)
            """,
            1);
        _dropExampleEvents = Prepare(
            $"""
            DELETE FROM outbox WHERE position IN (
              SELECT o.position FROM lane l JOIN outbox o ON o.lane = l.id AND o.position > l.confirmed WHERE l.id % {OutboxLaneId.Kinds} = {(int)OutboxKind.HardExample}
              ORDER BY o.position LIMIT $1)
            RETURNING value
            """,
            1);
        _dropStatistics = Prepare(
            $"""
            DELETE FROM outbox WHERE position IN (
              SELECT o.position FROM lane l JOIN outbox o ON o.lane = l.id AND o.position > l.confirmed WHERE l.id % {OutboxLaneId.Kinds} = {(int)OutboxKind.Statistics}
              ORDER BY o.position LIMIT $1)
            """,
            1);
        Reload();
    }

    /// <summary>Lanes that got records in this transaction.</summary>
    public IReadOnlyCollection<OutboxLaneId> TouchedLanes => _touched;

    /// <summary>Records added in this transaction, less those confirmed or dropped.</summary>
    public long BacklogChange { get; private set; }

    public void Begin()
    {
        _begin.Run();
        _touched.Clear();
        BacklogChange = 0;
    }

    public void Commit()
    {
        foreach (var camera in _cameras.Values)
        {
            if (camera.IsDirty)
            {
                _updateCamera.Run(camera.Id, camera.Ordinal, StoreTime.Of(camera.Recorded), camera.BootId, camera.FirstSequence, camera.HighSequence);
                camera.IsDirty = false;
            }
        }

        _commit.Run();
    }

    /// <summary>Undoes the open transaction, on disk and in memory.</summary>
    public void Rollback()
    {
        try
        {
            _rollback.Run();
        }
        catch (SqliteException)
        {
            // Some errors (disk full among them) have rolled back already.
        }

        Reload();
    }

    /// <summary>Appends an outcome and what belongs to it; false when it is known already.</summary>
    public bool Append(OutcomeDraft draft)
    {
        var camera = Camera(draft.CameraKey);
        var recorded = Clamp(camera, _time.GetUtcNow());
        if (_insertKnown.Run(draft.OutcomeId, StoreTime.Of(recorded), (long)draft.Verdict, draft.Reason, draft.DeadlineMet ? 1L : 0L) == 0)
        {
            return false;
        }

        camera.Ordinal++;
        camera.Recorded = recorded;
        camera.IsDirty = true;
        MarkSequence(camera, draft);
        Insert(camera, OutboxKind.Outcome, draft, draft.Outcome, waiting: false);
        if (draft.Defect is { } defect)
        {
            var position = Insert(camera, OutboxKind.Defect, draft, defect, waiting: draft.Evidence is not null);
            if (draft.Evidence is { } evidence && draft.FrameStored is { } stored)
            {
                _insertEvidence.Run(
                    draft.OutcomeId, evidence.Digest, evidence.ContentType, evidence.SizeBytes, StoreTime.Of(evidence.Since), camera.Id, position,
                    StoreTime.Of(draft.Happened), camera.Ordinal, defect.TraceParent, ImddJson.Serialize(stored),
                    evidence.Masks.Count == 0 ? null : ImddJson.Serialize(evidence.Masks));
            }
        }

        return true;
    }

    /// <summary>Lets a waiting defect event go as it is.</summary>
    public void ReleaseDefect(long position)
    {
        using var lane = _release.Query(position);
        if (lane.Read())
        {
            _touched.Add(new OutboxLaneId(lane.GetInt64(0)));
        }
    }

    /// <summary>Gives the addresses to the defect event that waits for them, or announces them when that has gone; forgets the evidence.</summary>
    public void FinishEvidence(string outcomeId, Uri? uri, IReadOnlyList<StoredMask> masks)
    {
        long cameraId, defect, happened, sequence;
        string? trace;
        byte[] value;
        using (var evidence = _selectEvidence.Query(outcomeId))
        {
            if (!evidence.Read())
            {
                return;
            }

            (cameraId, defect, happened, sequence) = (evidence.GetInt64(0), evidence.GetInt64(1), evidence.GetInt64(2), evidence.GetInt64(3));
            (trace, value) = (evidence.IsDBNull(4) ? null : evidence.GetString(4), evidence.GetFieldValue<byte[]>(5));
        }

        if (uri is null && masks.Count == 0)
        {
            ReleaseDefect(defect);
        }
        else if (Waiting(defect) is { } waiting)
        {
            _complete.Run(defect, ImddJson.Serialize(WithAddresses(ImddJson.Deserialize<DefectDetected>(waiting), uri, masks)));
            _touched.Add(new OutboxLaneId(cameraId, OutboxKind.Defect));
        }
        else if (uri is not null)
        {
            var camera = _cameras.Values.First(c => c.Id == cameraId);
            camera.Recorded = Clamp(camera, _time.GetUtcNow());
            camera.IsDirty = true;
            var stored = ImddJson.Deserialize<FrameStored>(value);
            var announcement = FrameStoredEvent.Create(
                CameraPath.Parse(camera.Key),
                stored with { Frame = stored.Frame with { Uri = uri.ToString() }, Masks = masks.Count == 0 ? null : masks },
                new EventContext
                {
                    Source = _source,
                    Time = StoreTime.From(happened),
                    RecordedTime = camera.Recorded,
                    Sequence = sequence,
                    TraceParent = trace,
                });
            Insert(
                cameraId, OutboxKind.FrameStored, outcomeId, (long)Verdict.Fail, waiting: false, happened, camera.Recorded,
                HeaderText.Write(KafkaBinding.WriteHeaders(announcement)), announcement.Data.ToArray());
        }

        _deleteEvidence.Run(outcomeId);
    }

    /// <summary>Remembers a hard example; one of a frame that has one already is not kept twice.</summary>
    public void AppendExample(ExampleItem item)
        => _insertExample.Run(
            item.OutcomeId, Camera(item.CameraKey).Id, item.Digest, item.ContentType, item.SizeBytes, StoreTime.Of(item.Since), StoreTime.Of(item.Happened),
            item.TraceParent, item.Value);

    /// <summary>Puts the event of a hard example into the outbox (null: there will be none) and forgets the example; false where it is not there any more.</summary>
    public bool FinishExample(string outcomeId, PreparedRecord? record)
    {
        long cameraId, happened;
        using (var example = _selectExample.Query(outcomeId))
        {
            if (!example.Read())
            {
                return false;
            }

            (cameraId, happened) = (example.GetInt64(0), example.GetInt64(1));
        }

        if (record is not null)
        {
            var camera = _cameras.Values.First(c => c.Id == cameraId);
            camera.Recorded = Clamp(camera, _time.GetUtcNow());
            camera.IsDirty = true;
            record.Stamp(camera.Ordinal, camera.Recorded);

            // No verdict: what drops passes counts outcomes.
            Insert(cameraId, OutboxKind.HardExample, outcomeId, (long)Verdict.Unknown, waiting: false, happened, camera.Recorded, record.Headers, record.Value);
        }

        _deleteExample.Run(outcomeId);
        return true;
    }

    /// <summary>Drops up to <paramref name="limit"/> of the oldest hard examples that wait for their picture, and as many events of such that are not confirmed.</summary>
    public DroppedExamples DropExamples(int limit)
    {
        List<ExampleItem> items = [];
        using (var rows = _dropExamples.Query((long)limit))
        {
            while (rows.Read())
            {
                items.Add(ExampleRow.Read(rows));
            }
        }

        List<byte[]> events = [];
        using (var rows = _dropExampleEvents.Query((long)limit))
        {
            while (rows.Read())
            {
                events.Add(rows.GetFieldValue<byte[]>(0));
            }
        }

        BacklogChange -= events.Count;
        return new DroppedExamples(items, events);
    }

    /// <summary>Puts a window of a camera's statistics into the outbox.</summary>
    public void AppendStatistics(string cameraKey, string eventId, DateTimeOffset happened, PreparedRecord record)
    {
        var camera = Camera(cameraKey);
        camera.Recorded = Clamp(camera, _time.GetUtcNow());
        camera.IsDirty = true;
        record.Stamp(camera.Ordinal, camera.Recorded);
        Insert(camera.Id, OutboxKind.Statistics, eventId, (long)Verdict.Unknown, waiting: false, StoreTime.Of(happened), camera.Recorded, record.Headers, record.Value);
    }

    /// <summary>Drops up to <paramref name="limit"/> of the oldest windows of statistics that are not confirmed; how many.</summary>
    public int DropStatistics(int limit)
    {
        var dropped = _dropStatistics.Run((long)limit);
        BacklogChange -= dropped;
        return dropped;
    }

    /// <summary>Keeps a named number.</summary>
    public void SetNumber(string name, long value) => _setNumber.Run(name, value);

    /// <summary>Recording time of a lane's first record, where that is confirmed.</summary>
    public DateTimeOffset? OldestConfirmed(OutboxLaneId lane, long confirmed)
    {
        using var row = _oldest.Query(lane.Value, confirmed);
        return row.Read() ? StoreTime.From(row.GetInt64(0)) : null;
    }

    /// <summary>Removes up to <paramref name="limit"/> records of a lane that are confirmed and older than <paramref name="before"/>.</summary>
    public int PurgeConfirmed(OutboxLaneId lane, long confirmed, DateTimeOffset before, int limit)
        => _purgeConfirmed.Run(lane.Value, confirmed, StoreTime.Of(before), (long)limit);

    /// <summary>Forgets up to <paramref name="limit"/> ids older than <paramref name="before"/>.</summary>
    public int PurgeKnown(DateTimeOffset before, int limit) => _purgeKnown.Run(StoreTime.Of(before), (long)limit);

    /// <summary>Drops up to <paramref name="limit"/> of the oldest unconfirmed outcomes with verdict pass.</summary>
    public int DropOldestPass(int limit)
    {
        var dropped = _dropPass.Run((long)Verdict.Pass, (long)limit);
        BacklogChange -= dropped;
        return dropped;
    }

    /// <summary>Moves a lane's cursor.</summary>
    public void Advance(OutboxLaneId lane, long position, int records)
    {
        _advance.Run(lane.Value, position);
        BacklogChange -= records;
    }

    private static DefectDetected WithAddresses(DefectDetected defect, Uri? picture, IReadOnlyList<StoredMask> masks)
    {
        List<DefectRegion> regions = [.. defect.Regions];
        foreach (var mask in masks)
        {
            regions[mask.Region] = regions[mask.Region] with { MaskUri = mask.Uri };
        }

        return defect with { Frame = defect.Frame with { Uri = picture?.ToString() }, Regions = regions };
    }

    private Statement Prepare(string sql, int parameters)
    {
        Statement statement = new(_connection, sql, parameters);
        _statements.Add(statement);
        return statement;
    }

    /// <inheritdoc/>
    public void Dispose() => _statements.ForEach(s => s.Dispose());

    private static void MarkSequence(CameraRow camera, OutcomeDraft draft)
    {
        if (draft.BootId is null)
        {
            return;
        }

        if (camera.BootId != draft.BootId)
        {
            (camera.BootId, camera.FirstSequence, camera.HighSequence) = (draft.BootId, draft.Sequence, draft.Sequence);
        }
        else
        {
            camera.HighSequence = Math.Max(camera.HighSequence, draft.Sequence);
        }
    }

    private static DateTimeOffset Clamp(CameraRow camera, DateTimeOffset now)
        => now < camera.Recorded && camera.Recorded - now < ClampLimit ? camera.Recorded : now;

    private long Insert(CameraRow camera, OutboxKind kind, OutcomeDraft draft, PreparedRecord record, bool waiting)
    {
        record.Stamp(camera.Ordinal, camera.Recorded);
        return Insert(camera.Id, kind, draft.OutcomeId, (long)draft.Verdict, waiting, StoreTime.Of(draft.Happened), camera.Recorded, record.Headers, record.Value);
    }

    private long Insert(
        long camera, OutboxKind kind, string outcomeId, long verdict, bool waiting, long happened, DateTimeOffset recorded, byte[] headers, byte[] value)
    {
        OutboxLaneId lane = new(camera, kind);
        if (_lanes.Add(lane))
        {
            _advance.Run(lane.Value, 0L);
        }

        _insertOutbox.Run(++_lastPosition, lane.Value, waiting ? 1L : 0L, outcomeId, verdict, happened, StoreTime.Of(recorded), headers, value);
        _touched.Add(lane);
        BacklogChange++;
        return _lastPosition;
    }

    private byte[]? Waiting(long position)
    {
        using var row = _selectWaiting.Query(position);
        return row.Read() ? row.GetFieldValue<byte[]>(0) : null;
    }

    private CameraRow Camera(string key)
    {
        if (!_cameras.TryGetValue(key, out var camera))
        {
            using var inserted = _insertCamera.Query(key);
            inserted.Read();
            camera = new CameraRow { Id = inserted.GetInt64(0), Key = key, Recorded = DateTimeOffset.UnixEpoch };
            _cameras.Add(key, camera);
        }

        return camera;
    }

    private void Reload()
    {
        _cameras.Clear();
        using (var read = _connection.CreateCommand())
        {
            read.CommandText = "SELECT id, path, ordinal, recorded, boot, first, high FROM camera";
            using var rows = read.ExecuteReader();
            while (rows.Read())
            {
                CameraRow camera = new()
                {
                    Id = rows.GetInt64(0),
                    Key = rows.GetString(1),
                    Ordinal = rows.GetInt64(2),
                    Recorded = StoreTime.From(rows.GetInt64(3)),
                    BootId = rows.IsDBNull(4) ? null : rows.GetString(4),
                    FirstSequence = rows.GetInt64(5),
                    HighSequence = rows.GetInt64(6),
                };
                _cameras.Add(camera.Key, camera);
            }
        }

        _lanes.Clear();
        using (var read = _connection.CreateCommand())
        {
            read.CommandText = "SELECT id FROM lane";
            using var rows = read.ExecuteReader();
            while (rows.Read())
            {
                _lanes.Add(new OutboxLaneId(rows.GetInt64(0)));
            }
        }

        // A position is never given twice, also not after the record that had it is confirmed and gone: the cursors remember it.
        _lastPosition = StoreConnection.Number(
            _connection, "SELECT max(coalesce((SELECT max(position) FROM outbox), 0), coalesce((SELECT max(confirmed) FROM lane), 0))");
    }
}
