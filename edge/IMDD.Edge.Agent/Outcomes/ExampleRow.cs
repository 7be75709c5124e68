using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Reads rows of table <c>example</c>.</summary>
internal static class ExampleRow
{
    /// <summary>Columns in the order in which they are read; the camera's path comes after them.</summary>
    public const string Columns = "outcome, digest, content_type, size, at, happened, trace, value";

    public static ExampleItem Read(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(8), row.GetString(1), row.GetString(2), row.GetInt64(3), StoreTime.From(row.GetInt64(4)), StoreTime.From(row.GetInt64(5)),
        row.IsDBNull(6) ? null : row.GetString(6), row.GetFieldValue<byte[]>(7));
}
