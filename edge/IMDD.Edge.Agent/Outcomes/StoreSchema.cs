namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Tables of the outcome store.</summary>
internal static class StoreSchema
{
    /// <summary>Kept in <c>PRAGMA user_version</c>.</summary>
    public const int Version = 4;

    /// <summary>
    /// <c>known</c>: one compact row per outcome, kept for as long as its frame may be delivered again. <c>outbox</c>: records for Kafka,
    /// removed some time after they are confirmed. <c>lane</c>: the cursor of each camera and kind. <c>evidence</c>: what waits in the spool.
    /// <c>example</c>: hard examples whose picture waits there.
    /// Times are microseconds since 1970.
    /// </summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS camera(
          id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, ordinal INTEGER NOT NULL, recorded INTEGER NOT NULL,
          boot TEXT, first INTEGER NOT NULL, high INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS known(
          id TEXT PRIMARY KEY, at INTEGER NOT NULL, verdict INTEGER NOT NULL, reason TEXT, deadline_met INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS known_at ON known(at);
        CREATE TABLE IF NOT EXISTS outbox(
          position INTEGER PRIMARY KEY, lane INTEGER NOT NULL, waiting INTEGER NOT NULL, outcome TEXT NOT NULL, verdict INTEGER NOT NULL,
          happened INTEGER NOT NULL, recorded INTEGER NOT NULL, headers BLOB NOT NULL, value BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS outbox_lane ON outbox(lane, position);
        CREATE TABLE IF NOT EXISTS lane(id INTEGER PRIMARY KEY, confirmed INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS evidence(
          outcome TEXT PRIMARY KEY, digest TEXT NOT NULL, content_type TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL,
          camera INTEGER NOT NULL, defect INTEGER NOT NULL, happened INTEGER NOT NULL, sequence INTEGER NOT NULL, trace TEXT, value BLOB NOT NULL,
          masks BLOB);
        CREATE TABLE IF NOT EXISTS example(
          outcome TEXT PRIMARY KEY, camera INTEGER NOT NULL, digest TEXT NOT NULL, content_type TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL,
          happened INTEGER NOT NULL, trace TEXT, value BLOB NOT NULL);
        PRAGMA user_version = 4;
        """;

    /// <summary>Run before <see cref="Create"/> on a store of version 1, which knew no masks in the spool.</summary>
    public const string FromVersion1 = "ALTER TABLE evidence ADD COLUMN masks BLOB;";

    /// <summary>Run after it on a store before version 4, which had room for four kinds of lanes.</summary>
    public const string LanesOfEight = """
        CREATE TABLE lane_of_eight(id INTEGER PRIMARY KEY, confirmed INTEGER NOT NULL);
        INSERT INTO lane_of_eight SELECT id / 4 * 8 + id % 4, confirmed FROM lane;
        DROP TABLE lane;
        ALTER TABLE lane_of_eight RENAME TO lane;
        UPDATE outbox SET lane = lane / 4 * 8 + lane % 4;
        """;
}
