using IMDD.Contracts.Events;
using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Reads the store beside the writer; what it sees is durable. Thread-safe.</summary>
internal sealed class OutcomeReader : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly Statement _known, _records, _evidence, _examples, _oldest, _number;

    public OutcomeReader(string file)
    {
        _connection = StoreConnection.OpenReader(file);
        _known = new Statement(_connection, "SELECT verdict, reason, deadline_met FROM known WHERE id = $1", 1);
        _records = new Statement(
            _connection, "SELECT position, outcome, waiting, happened, recorded, headers, value FROM outbox WHERE lane = $1 AND position > $2 ORDER BY position LIMIT $3", 3);
        _evidence = new Statement(_connection, "SELECT outcome, digest, content_type, size, at, masks FROM evidence WHERE at > $1 OR (at = $1 AND outcome > $2) ORDER BY at, outcome LIMIT $3", 3);
        _examples = new Statement(
            _connection,
            $"""
            SELECT {ExampleRow.Columns}, (SELECT path FROM camera WHERE camera.id = example.camera) FROM example
            WHERE at > $1 OR (at = $1 AND outcome > $2) ORDER BY at, outcome LIMIT $3
            """,
            3);
        _oldest = new Statement(
            _connection,
            $"""
            SELECT min((SELECT recorded FROM outbox o WHERE o.lane = l.id AND o.position > l.confirmed ORDER BY o.position LIMIT 1)) FROM lane l
            WHERE l.id % {OutboxLaneId.Kinds} NOT IN ({(int)OutboxKind.HardExample}, {(int)OutboxKind.Statistics})
            """,
            0);
        _number = new Statement(_connection, "SELECT value FROM meta WHERE name = $1", 1);
    }

    /// <summary>What is remembered of an outcome, or null.</summary>
    public KnownOutcome? Find(string outcomeId)
    {
        lock (_lock)
        {
            using var row = _known.Query(outcomeId);
            return row.Read() ? new KnownOutcome((Verdict)row.GetInt32(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2) != 0) : null;
        }
    }

    /// <summary>The next records of a lane after a position.</summary>
    public IReadOnlyList<OutboxRow> Read(OutboxLaneId lane, long after, int limit)
    {
        lock (_lock)
        {
            List<OutboxRow> records = [];
            using var rows = _records.Query(lane.Value, after, (long)limit);
            while (rows.Read())
            {
                records.Add(new OutboxRow(
                    rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2) != 0, StoreTime.From(rows.GetInt64(3)), StoreTime.From(rows.GetInt64(4)),
                    HeaderText.Read(rows.GetFieldValue<byte[]>(5)), rows.GetFieldValue<byte[]>(6)));
            }

            return records;
        }
    }

    /// <summary>Every lane with its cursor.</summary>
    public IReadOnlyList<OutboxLane> Lanes()
    {
        lock (_lock)
        {
            List<OutboxLane> lanes = [];
            using var command = _connection.CreateCommand();
            command.CommandText = $"SELECT l.id, c.path, l.confirmed FROM lane l JOIN camera c ON c.id = l.id / {OutboxLaneId.Kinds} ORDER BY l.id";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                lanes.Add(new OutboxLane(new OutboxLaneId(rows.GetInt64(0)), rows.GetString(1), rows.GetInt64(2)));
            }

            return lanes;
        }
    }

    /// <summary>What waits in the spool after an item, oldest first.</summary>
    public IReadOnlyList<EvidenceItem> Evidence(EvidenceItem? after, int limit)
    {
        lock (_lock)
        {
            List<EvidenceItem> items = [];
            using var rows = _evidence.Query(after is null ? -1L : StoreTime.Of(after.Since), after?.OutcomeId ?? "", (long)limit);
            while (rows.Read())
            {
                items.Add(new EvidenceItem(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetInt64(3), StoreTime.From(rows.GetInt64(4)))
                {
                    Masks = rows.IsDBNull(5) ? [] : ImddJson.Deserialize<IReadOnlyList<EvidenceMask>>(rows.GetFieldValue<byte[]>(5)),
                });
            }

            return items;
        }
    }

    /// <summary>Hard examples whose picture waits in the spool after one of them, oldest first.</summary>
    public IReadOnlyList<ExampleItem> Examples(ExampleItem? after, int limit)
    {
        lock (_lock)
        {
            List<ExampleItem> items = [];
            using var rows = _examples.Query(after is null ? -1L : StoreTime.Of(after.Since), after?.OutcomeId ?? "", (long)limit);
            while (rows.Read())
            {
                items.Add(ExampleRow.Read(rows));
            }

            return items;
        }
    }

    /// <summary>How far each camera's numbering is known.</summary>
    public IReadOnlyList<SequenceMark> SequenceMarks()
    {
        lock (_lock)
        {
            List<SequenceMark> marks = [];
            using var command = _connection.CreateCommand();
            command.CommandText = "SELECT path, boot, first, high FROM camera WHERE boot IS NOT NULL";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                marks.Add(new SequenceMark(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3)));
            }

            return marks;
        }
    }

    /// <summary>Recording time of the oldest record that Kafka has not confirmed, or null. A hard example may wait for as long as it likes.</summary>
    public DateTimeOffset? OldestUnconfirmed()
    {
        lock (_lock)
        {
            using var row = _oldest.Query();
            return row.Read() && !row.IsDBNull(0) ? StoreTime.From(row.GetInt64(0)) : null;
        }
    }

    /// <summary>Records that Kafka has not confirmed.</summary>
    public long CountUnconfirmed()
    {
        lock (_lock)
        {
            return StoreConnection.Number(_connection, "SELECT count(*) FROM outbox o JOIN lane l ON l.id = o.lane WHERE o.position > l.confirmed");
        }
    }

    /// <summary>A named number, or null.</summary>
    public long? Number(string name)
    {
        lock (_lock)
        {
            using var row = _number.Query(name);
            return row.Read() ? row.GetInt64(0) : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var statement in (ReadOnlySpan<Statement>)[_known, _records, _evidence, _examples, _oldest, _number])
            {
                statement.Dispose();
            }

            _connection.Dispose();
        }
    }
}
