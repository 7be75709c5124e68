using IMDD.Relational;

namespace IMDD.Cloud.Aggregator.State;

/// <summary>The aggregator's tables.</summary>
internal static class Schema
{
    public static DatabaseSchema Of { get; } = new("aggregator.db", DatabaseSchema.Public, MigrationLock: 0x494D_4444_4147_4752,
    [
        """
        CREATE TABLE partitions (
            topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset BIGINT NOT NULL, epoch BIGINT NOT NULL, owner TEXT NOT NULL,
            records BIGINT NOT NULL, duplicates BIGINT NOT NULL, dead_lettered BIGINT NOT NULL,
            PRIMARY KEY (topic, partition)
        );
        CREATE TABLE cameras (
            key {identity}, camera TEXT NOT NULL UNIQUE, line TEXT NOT NULL, high_water_us BIGINT NOT NULL
        );
        CREATE TABLE seen (
            id TEXT NOT NULL PRIMARY KEY, camera_key BIGINT NOT NULL, time_us BIGINT NOT NULL
        ){clustered};
        CREATE INDEX seen_by_time ON seen (camera_key, time_us);
        CREATE TABLE lines (
            line TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL,
            total BIGINT NOT NULL, passed BIGINT NOT NULL, failed BIGINT NOT NULL, undecided BIGINT NOT NULL, simulated BIGINT NOT NULL,
            reasons TEXT NOT NULL, last_outcome_us BIGINT NOT NULL
        );
        CREATE TABLE windows (
            line TEXT NOT NULL, seconds INTEGER NOT NULL, start_us BIGINT NOT NULL, revision BIGINT NOT NULL,
            closed {bool} NOT NULL, correction {bool} NOT NULL, dirty {bool} NOT NULL, pending {bool} NOT NULL,
            changed_us BIGINT NOT NULL, emitted_us BIGINT NOT NULL,
            total BIGINT NOT NULL, passed BIGINT NOT NULL, failed BIGINT NOT NULL, undecided BIGINT NOT NULL,
            reasons TEXT NOT NULL, pareto TEXT NOT NULL,
            PRIMARY KEY (line, seconds, start_us)
        );
        CREATE INDEX windows_pending ON windows (pending, line);
        CREATE INDEX windows_emitted ON windows (emitted_us);
        CREATE INDEX windows_start ON windows (seconds, start_us);
        CREATE TABLE camera_boots (
            camera TEXT NOT NULL, line TEXT NOT NULL, boot TEXT NOT NULL, outcomes BIGINT NOT NULL, last_outcome_us BIGINT,
            sent BIGINT, returned BIGINT, spooled BIGINT, resent BIGINT, reported_us BIGINT,
            check_target BIGINT, check_since_us BIGINT, imbalanced {bool} NOT NULL, changed_us BIGINT NOT NULL,
            PRIMARY KEY (camera, boot)
        );
        CREATE INDEX camera_boots_line ON camera_boots (line);
        CREATE TABLE alarms (
            line TEXT NOT NULL, alarm TEXT NOT NULL, state TEXT NOT NULL, severity TEXT NOT NULL, message TEXT NOT NULL,
            window_start_us BIGINT, value DOUBLE PRECISION, limit_value DOUBLE PRECISION, since_us BIGINT NOT NULL,
            PRIMARY KEY (line, alarm)
        );
        CREATE TABLE outbox (
            sequence {identity}, slot TEXT UNIQUE, event_id TEXT NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL,
            value {bytes} NOT NULL, headers TEXT NOT NULL, time_us BIGINT NOT NULL, refused TEXT
        );
        CREATE TABLE failed_frames (
            outcome_id TEXT NOT NULL PRIMARY KEY, line TEXT NOT NULL, camera TEXT NOT NULL, time_us BIGINT NOT NULL,
            defect TEXT, frame TEXT, changed_us BIGINT NOT NULL
        );
        CREATE INDEX failed_frames_line ON failed_frames (line, time_us);
        CREATE INDEX failed_frames_time ON failed_frames (time_us);
        CREATE INDEX failed_frames_changed ON failed_frames (changed_us);
        CREATE TABLE edge_states (
            key TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, line TEXT NOT NULL, place TEXT NOT NULL, data TEXT NOT NULL,
            recorded_us BIGINT NOT NULL, changed_us BIGINT NOT NULL
        );
        CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, expires_us BIGINT NOT NULL);
        """,
        "ALTER TABLE failed_frames ADD COLUMN masks TEXT;",
        """
        CREATE TABLE drift_references (
            camera TEXT NOT NULL, model_digest TEXT NOT NULL, line TEXT NOT NULL, epoch BIGINT NOT NULL, since_us BIGINT NOT NULL,
            frames BIGINT NOT NULL, windows INTEGER NOT NULL, sketch TEXT, bundle TEXT, latest_us BIGINT NOT NULL,
            PRIMARY KEY (camera, model_digest)
        );
        CREATE INDEX drift_references_line ON drift_references (line);
        CREATE TABLE drift_windows (
            id TEXT NOT NULL PRIMARY KEY, camera TEXT NOT NULL, model_digest TEXT NOT NULL, line TEXT NOT NULL,
            start_us BIGINT NOT NULL, end_us BIGINT NOT NULL, frames BIGINT NOT NULL, pending {bool} NOT NULL, epoch BIGINT NOT NULL, data TEXT, scores TEXT
        );
        CREATE INDEX drift_windows_pending ON drift_windows (pending, line);
        CREATE INDEX drift_windows_camera ON drift_windows (camera, model_digest, end_us);
        """,
        AuditLog.Tables,
    ]);
}
