using IMDD.Relational;

namespace IMDD.Cloud.Trainer.State;

/// <summary>The trainer's tables.</summary>
internal static class Schema
{
    public static DatabaseSchema Of { get; } = new("trainer.db", "trainer", MigrationLock: 0x494D_4444_5452_4149,
    [
        """
        CREATE TABLE labels (
            digest TEXT NOT NULL PRIMARY KEY, revision BIGINT NOT NULL, state TEXT NOT NULL, sequence BIGINT NOT NULL, classes TEXT NOT NULL, data TEXT,
            changed_us BIGINT NOT NULL
        );
        CREATE INDEX labels_state ON labels (state, sequence);
        CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);
        CREATE TABLE runs (
            sequence {identity}, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, is_open {bool} NOT NULL, reasons TEXT NOT NULL, requested_by TEXT,
            requested_us BIGINT NOT NULL, changed_us BIGINT NOT NULL, instance TEXT, token BIGINT, cancel_asked {bool} NOT NULL, champion TEXT,
            snapshot_id TEXT, snapshot_labels BIGINT, frames INTEGER, gate_frames INTEGER, progress TEXT, attempts INTEGER NOT NULL, gates TEXT, new_classes TEXT,
            release TEXT, rollout_id TEXT, error TEXT
        );
        CREATE UNIQUE INDEX runs_open ON runs (is_open) WHERE is_open;
        CREATE TABLE run_lease (name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, token BIGINT NOT NULL, until_us BIGINT NOT NULL);
        CREATE TABLE schedule (name TEXT NOT NULL PRIMARY KEY, from_us BIGINT NOT NULL);
        CREATE TABLE outbox (
            sequence {identity}, slot TEXT UNIQUE, event_id TEXT NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL,
            value {bytes} NOT NULL, headers TEXT NOT NULL, time_us BIGINT NOT NULL, refused TEXT
        );
        CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, expires_us BIGINT NOT NULL);
        """,
        """
        CREATE TABLE station_frames (station TEXT NOT NULL, digest TEXT NOT NULL, failed INTEGER NOT NULL, at_us BIGINT NOT NULL, PRIMARY KEY (station, digest));
        CREATE INDEX station_frames_age ON station_frames (station, failed, at_us);
        CREATE TABLE station_windows (
            station TEXT NOT NULL, camera TEXT NOT NULL, start_us BIGINT NOT NULL, passed BIGINT NOT NULL, failed BIGINT NOT NULL, PRIMARY KEY (station, camera, start_us)
        );
        """,
        AuditLog.Tables,
        """
        ALTER TABLE station_windows ADD COLUMN recipe TEXT;
        CREATE TABLE camera_windows (camera TEXT NOT NULL, start_us BIGINT NOT NULL, sketch TEXT NOT NULL, PRIMARY KEY (camera, start_us));
        """,
    ]);
}
