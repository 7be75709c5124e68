using System.Text;
using IMDD.Contracts.Audit;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Relational;

/// <summary>
/// Who did what, in the database of the service that did it: an entry stands in the transaction of its action, or not at all. Nothing here
/// changes or removes one. The head is a row of its own, so that a missing tail shows, and its lock puts concurrent entries in order.
/// </summary>
public static class AuditLog
{
    /// <summary>The tables, for a step of a service's schema.</summary>
    public const string Tables =
        """
        CREATE TABLE audit (
            sequence BIGINT NOT NULL PRIMARY KEY, time_us BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL,
            outcome TEXT NOT NULL, detail TEXT, hash TEXT NOT NULL
        );
        CREATE TABLE audit_head (id INTEGER NOT NULL PRIMARY KEY, sequence BIGINT NOT NULL, hash TEXT NOT NULL);
        """;

    private const int MaxText = 500;

    /// <summary>Adds an entry in the caller's transaction, last before it commits: others wait for the head from here on.</summary>
    public static void Append(DbContext context, string? actor, string action, string subject, string outcome, string? detail, DateTimeOffset now)
    {
        var microseconds = Timestamp.ToMicroseconds(now);
        var head = Sql.Query(
            context,
            "INSERT INTO audit_head (id, sequence, hash) VALUES (1, 1, '') ON CONFLICT (id) DO UPDATE SET sequence = audit_head.sequence + 1 RETURNING sequence, hash", [])[0];
        AuditEntry entry = new()
        {
            Sequence = (long)head[0]!,
            Time = Timestamp.FromMicroseconds(microseconds),
            Actor = Cut(actor) ?? "",
            Action = action,
            Object = Cut(subject)!,
            Outcome = outcome,
            Detail = Cut(detail),
            Hash = "",
        };
        var hash = AuditChain.HashOf((string)head[1]!, entry);
        Sql.Execute(
            context, "INSERT INTO audit (sequence, time_us, actor, action, object, outcome, detail, hash) VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7})",
            [entry.Sequence, microseconds, entry.Actor, action, entry.Object, outcome, entry.Detail, hash]);
        Sql.Execute(context, "UPDATE audit_head SET hash = {0} WHERE id = 1", [hash]);
    }

    /// <summary>Entries after a sequence, and the head.</summary>
    public static AuditPage Read(DbContext context, long after, int limit)
    {
        var rows = Sql.Query(
            context, "SELECT sequence, time_us, actor, action, object, outcome, detail, hash FROM audit WHERE sequence > {0} ORDER BY sequence LIMIT {1}", [after, limit]);
        var head = Sql.Query(context, "SELECT sequence, hash FROM audit_head", []);
        return new AuditPage(
            rows.ConvertAll(row => new AuditEntry
            {
                Sequence = (long)row[0]!,
                Time = Timestamp.FromMicroseconds((long)row[1]!),
                Actor = (string)row[2]!,
                Action = (string)row[3]!,
                Object = (string)row[4]!,
                Outcome = (string)row[5]!,
                Detail = (string?)row[6],
                Hash = (string)row[7]!,
            }),
            head.Count == 0 ? 0 : (long)head[0][0]!,
            head.Count == 0 ? AuditChain.Start : (string)head[0][1]!);
    }

    /// <summary>A caller's text, bounded, without what could pass for another line.</summary>
    private static string? Cut(string? text)
    {
        if (text is null)
        {
            return null;
        }

        // Through UTF-8, which has no half characters, as the databases have none.
        var bounded = text.Length > MaxText ? text[..MaxText] : text;
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(string.Concat(bounded.Select(c => char.IsControl(c) ? ' ' : c))));
    }
}
