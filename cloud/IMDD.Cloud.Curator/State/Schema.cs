using IMDD.Relational;

namespace IMDD.Cloud.Curator.State;

/// <summary>The curator's tables.</summary>
internal static class Schema
{
    public static DatabaseSchema Of { get; } = new("curator.db", "curator", MigrationLock: 0x494D_4444_4355_5241,
    [
        """
        CREATE TABLE frames (
            outcome_id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL UNIQUE, time_us BIGINT NOT NULL, data TEXT, announced TEXT,
            uncertainty DOUBLE PRECISION, waiting {bool} NOT NULL, labels BIGINT NOT NULL, state TEXT NOT NULL, revision BIGINT NOT NULL, consensus TEXT,
            lease_holder TEXT, lease_until_us BIGINT, changed_us BIGINT NOT NULL
        );
        CREATE INDEX frames_waiting ON frames (waiting, uncertainty, time_us);
        CREATE INDEX frames_lease ON frames (lease_holder);
        CREATE TABLE labels (
            sequence {identity}, digest TEXT NOT NULL, outcome_id TEXT NOT NULL, rater TEXT NOT NULL, revision BIGINT NOT NULL, judgement TEXT NOT NULL,
            verdict TEXT NOT NULL, names TEXT NOT NULL, data TEXT NOT NULL, standing {bool} NOT NULL, time_us BIGINT NOT NULL,
            UNIQUE (digest, rater, revision)
        );
        CREATE INDEX labels_rater ON labels (rater, standing, sequence);
        CREATE TABLE terms (class TEXT NOT NULL PRIMARY KEY, proposed {bool} NOT NULL, uses BIGINT NOT NULL, proposed_by TEXT);
        CREATE TABLE skips (rater TEXT NOT NULL, outcome_id TEXT NOT NULL, until_us BIGINT NOT NULL, PRIMARY KEY (rater, outcome_id));
        CREATE TABLE outbox (
            sequence {identity}, slot TEXT UNIQUE, event_id TEXT NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL,
            value {bytes} NOT NULL, headers TEXT NOT NULL, time_us BIGINT NOT NULL, refused TEXT
        );
        CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, expires_us BIGINT NOT NULL);
        """,
        AuditLog.Tables,
        """
        ALTER TABLE frames ADD COLUMN novelty DOUBLE PRECISION;
        ALTER TABLE frames ADD COLUMN model TEXT;
        ALTER TABLE frames ADD COLUMN embedding {bytes};
        ALTER TABLE frames ADD COLUMN priority DOUBLE PRECISION NOT NULL DEFAULT 0;
        UPDATE frames SET priority = 0.25 * CASE WHEN uncertainty IS NULL THEN 0.1 WHEN uncertainty < 0.05 THEN 0.05 ELSE uncertainty END;
        DROP INDEX frames_waiting;
        CREATE INDEX frames_waiting ON frames (waiting, priority, time_us);
        """,
        """
        ALTER TABLE frames ADD COLUMN camera TEXT;
        ALTER TABLE frames ADD COLUMN merged_into TEXT;
        CREATE INDEX frames_camera ON frames (camera, changed_us);
        CREATE INDEX frames_merged ON frames (merged_into);
        """,
        """
        ALTER TABLE frames ADD COLUMN blind_look INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE frames ADD COLUMN blind_only {bool} NOT NULL DEFAULT FALSE;
        ALTER TABLE labels ADD COLUMN blind {bool} NOT NULL DEFAULT FALSE;
        ALTER TABLE labels ADD COLUMN outcome TEXT;
        CREATE TABLE looks (outcome_id TEXT NOT NULL, rater TEXT NOT NULL, blind {bool} NOT NULL, PRIMARY KEY (outcome_id, rater));
        """,
        "ALTER TABLE frames ADD COLUMN overruled {bool} NOT NULL DEFAULT FALSE;",
    ]);
}
