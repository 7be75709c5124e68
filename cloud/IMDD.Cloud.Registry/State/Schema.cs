using IMDD.Relational;

namespace IMDD.Cloud.Registry.State;

/// <summary>The registry's tables.</summary>
internal static class Schema
{
    public static DatabaseSchema Of { get; } = new("registry.db", "registry", MigrationLock: 0x494D_4444_5245_4749,
    [
        """
        CREATE TABLE models (
            name TEXT NOT NULL PRIMARY KEY, counter BIGINT NOT NULL, fencing_token BIGINT NOT NULL
        );
        CREATE TABLE releases (
            digest TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, counter BIGINT NOT NULL, content_digest TEXT NOT NULL,
            envelope_digest TEXT NOT NULL, manifest TEXT NOT NULL, size_bytes BIGINT NOT NULL, key_id TEXT NOT NULL,
            registered_us BIGINT NOT NULL, registered_by TEXT, gates TEXT NOT NULL, release_of TEXT, is_blocked {bool} NOT NULL, blocked_reason TEXT,
            UNIQUE (name, counter)
        );
        CREATE INDEX releases_content ON releases (name, content_digest);
        CREATE TABLE aliases (
            name TEXT NOT NULL, alias TEXT NOT NULL, digest TEXT NOT NULL, changed_us BIGINT NOT NULL, changed_by TEXT,
            PRIMARY KEY (name, alias)
        );
        CREATE TABLE agents (
            asset TEXT NOT NULL, agent TEXT NOT NULL, model TEXT, desired TEXT, rollout_id TEXT, desired_us BIGINT, is_told {bool} NOT NULL,
            step TEXT, step_us BIGINT, state TEXT, state_us BIGINT,
            PRIMARY KEY (asset, agent)
        );
        CREATE TABLE outbox (
            sequence {identity}, event_id TEXT NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL, value {bytes} NOT NULL, headers TEXT NOT NULL,
            time_us BIGINT NOT NULL, refused TEXT
        );
        CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, expires_us BIGINT NOT NULL);
        """,
        """
        ALTER TABLE releases RENAME COLUMN registered_us TO registered_at_us;
        ALTER TABLE aliases RENAME COLUMN changed_us TO changed_at_us;
        ALTER TABLE agents RENAME COLUMN desired_us TO desired_at_us;
        ALTER TABLE agents RENAME COLUMN step_us TO step_at_us;
        ALTER TABLE agents RENAME COLUMN state_us TO state_at_us;
        ALTER TABLE outbox ADD COLUMN slot TEXT;
        CREATE UNIQUE INDEX outbox_slot ON outbox (slot);
        """,
        """
        ALTER TABLE agents ADD COLUMN install_not_before_us BIGINT;
        ALTER TABLE agents ADD COLUMN install_not_after_us BIGINT;
        CREATE TABLE rollouts (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, state TEXT NOT NULL, cause TEXT, waves TEXT NOT NULL,
            waves_begun INTEGER NOT NULL, waves_approved INTEGER NOT NULL, install_not_before_us BIGINT, install_not_after_us BIGINT,
            started_at_us BIGINT NOT NULL, started_by TEXT, reason TEXT, changed_at_us BIGINT NOT NULL, changed_by TEXT, revision BIGINT NOT NULL
        );
        CREATE INDEX rollouts_name ON rollouts (name, state);
        CREATE TABLE rollout_agents (
            rollout_id TEXT NOT NULL, asset TEXT NOT NULL, agent TEXT NOT NULL, wave INTEGER NOT NULL, position INTEGER NOT NULL, state TEXT NOT NULL,
            step TEXT, reason_code TEXT, detail TEXT, told_at_us BIGINT, changed_at_us BIGINT NOT NULL, previous_rollout_id TEXT, previous TEXT,
            previous_not_before_us BIGINT, previous_not_after_us BIGINT, taken_back_by TEXT,
            PRIMARY KEY (rollout_id, asset, agent)
        );
        """,
        """
        CREATE TABLE roots (
            version BIGINT NOT NULL PRIMARY KEY, envelope TEXT NOT NULL, published_at_us BIGINT NOT NULL, published_by TEXT
        );
        CREATE TABLE datasets (digest TEXT NOT NULL PRIMARY KEY, manifest TEXT NOT NULL);
        CREATE TABLE dataset_frames (
            dataset TEXT NOT NULL, frame TEXT NOT NULL, side TEXT NOT NULL, failed {bool} NOT NULL, classes TEXT NOT NULL, PRIMARY KEY (dataset, frame)
        );
        CREATE INDEX dataset_frames_frame ON dataset_frames (frame);
        """,
        AuditLog.Tables,
        """
        CREATE TABLE recipe_names (name TEXT NOT NULL PRIMARY KEY, counter BIGINT NOT NULL);
        CREATE TABLE recipes (
            name TEXT NOT NULL, counter BIGINT NOT NULL, id TEXT NOT NULL, digest TEXT NOT NULL, envelope TEXT NOT NULL, key_id TEXT NOT NULL,
            registered_at_us BIGINT NOT NULL, registered_by TEXT, expires_at_us BIGINT,
            PRIMARY KEY (name, counter)
        );
        CREATE INDEX recipes_digest ON recipes (digest, counter);
        ALTER TABLE agents ADD COLUMN recipe TEXT;
        ALTER TABLE agents ADD COLUMN wish_model TEXT;
        """,
        """
        ALTER TABLE agents ADD COLUMN gone_at_us BIGINT;
        ALTER TABLE agents ADD COLUMN stale_told BIGINT NOT NULL DEFAULT 0;
        """,
        """
        ALTER TABLE agents ADD COLUMN recipe_before TEXT;
        ALTER TABLE rollouts ADD COLUMN kind TEXT NOT NULL DEFAULT 'model';
        ALTER TABLE rollout_agents ADD COLUMN previous_recipe TEXT;
        """,
        """
        CREATE TABLE fleet_lock (holds INTEGER NOT NULL);
        INSERT INTO fleet_lock (holds) VALUES (0);
        ALTER TABLE agents ADD COLUMN is_recipe_restored {bool} NOT NULL DEFAULT FALSE;
        """,
    ]);
}
