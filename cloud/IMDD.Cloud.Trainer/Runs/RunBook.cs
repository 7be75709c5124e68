using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Training;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>All runs, as the database has them.</summary>
internal sealed class RunBook(IDbContextFactory<TrainerDbContext> contexts, InstanceIdentity instance, TimeProvider time, ILogger<RunBook> logger)
{
    private string Itself => $"trainer/{instance.Name}";

    /// <summary>A person asks for a run; null when there is one that has not ended.</summary>
    public RunRow? Request(IReadOnlyList<string> reasons, string? by) => Request(reasons, by, actor: by);

    /// <summary>The trainer asks for a run itself; null when there is one that has not ended.</summary>
    public RunRow? RequestByItself(IReadOnlyList<string> reasons) => Request(reasons, by: null, actor: Itself);

    private RunRow? Request(IReadOnlyList<string> reasons, string? by, string? actor)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var now = time.GetUtcNow();
        var id = $"run-{now.UtcDateTime:yyyyMMdd-HHmmss}-{Contracts.Identity.EventId.Base32(Guid.CreateVersion7(now).ToByteArray(bigEndian: true).AsSpan(8, 5)).ToLowerInvariant()}";
        var added = Sql.Execute(
            context,
            """
            INSERT INTO runs (id, state, is_open, reasons, requested_by, requested_us, changed_us, cancel_asked, attempts)
            VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {5}, {6}, 0) ON CONFLICT DO NOTHING
            """,
            [id, TrainingState.Requested, true, string.Join(',', reasons), by, Timestamp.ToMicroseconds(now), false]) == 1;
        if (!added)
        {
            return null;
        }

        AuditLog.Append(context, actor, AuditAction.StartTraining, id, AuditOutcome.Done, string.Join(", ", reasons), now);
        transaction.Commit();
        Log.RunRequested(logger, id, string.Join(", ", reasons));
        return context.Runs.AsNoTracking().Single(r => r.Id == id);
    }

    /// <summary>The run that has not ended.</summary>
    public RunRow? Open()
    {
        using var context = contexts.CreateDbContext();
        return context.Runs.AsNoTracking().FirstOrDefault(r => r.IsOpen);
    }

    /// <summary>One run, or null.</summary>
    public RunRow? Find(string id)
    {
        using var context = contexts.CreateDbContext();
        return context.Runs.AsNoTracking().FirstOrDefault(r => r.Id == id);
    }

    /// <summary>The newest first.</summary>
    public List<RunRow> List(int limit)
    {
        using var context = contexts.CreateDbContext();
        return [.. context.Runs.AsNoTracking().OrderByDescending(r => r.Sequence).Take(limit)];
    }

    /// <summary>Asks that a run be cancelled; one that nobody has taken up yet is so at once. False when it has ended or is not known.</summary>
    public bool Cancel(string id, CancelTraining request)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var now = time.GetUtcNow();
        var asked = Sql.Execute(
            context,
            "UPDATE runs SET state = {0}, is_open = {1}, cancel_asked = {2}, changed_us = {3} WHERE id = {4} AND is_open = {2} AND token IS NULL",
            [TrainingState.Cancelled, false, true, Timestamp.ToMicroseconds(now), id]) == 1
            || Sql.Execute(context, "UPDATE runs SET cancel_asked = {0} WHERE id = {1} AND is_open = {0}", [true, id]) == 1;
        if (asked)
        {
            AuditLog.Append(context, request.By, AuditAction.CancelTraining, id, AuditOutcome.Done, request.Reason, now);
        }

        transaction.Commit();
        return asked;
    }

    /// <summary>Writes down what was asked for and refused.</summary>
    /// <param name="by">Who asked.</param>
    /// <param name="action">An <see cref="AuditAction"/>.</param>
    /// <param name="subject">The run; empty where none was named.</param>
    /// <param name="why">What it was refused for.</param>
    public void Refused(string? by, string action, string subject, string why)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        AuditLog.Append(context, by, action, subject, AuditOutcome.Refused, why, time.GetUtcNow());
        transaction.Commit();
    }

    /// <summary>Who started, cancelled and resumed runs, the oldest first.</summary>
    public AuditPage Audit(long after, int limit)
    {
        using var context = contexts.CreateDbContext();
        return AuditLog.Read(context, after, limit);
    }

    /// <summary>True when somebody has asked for it.</summary>
    public bool IsCancelAsked(string id)
    {
        using var context = contexts.CreateDbContext();
        return context.Runs.AsNoTracking().Any(r => r.Id == id && r.CancelAsked);
    }

    /// <summary>Makes a run that of the holder of a token; written down as resumed where somebody had it before.</summary>
    /// <exception cref="LeaseLostException">A later holder has it.</exception>
    public RunRow TakeOver(string id, long token) => Change(id, token, isFirst: true, row => row.Instance = instance.Name);

    /// <summary>Changes a run, while it is that of the holder of <paramref name="token"/>.</summary>
    /// <exception cref="LeaseLostException">It is no longer.</exception>
    public RunRow Change(string id, long token, Action<RunRow> change) => Change(id, token, isFirst: false, change);

    private RunRow Change(string id, long token, bool isFirst, Action<RunRow> change)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();

        // Locks the row, and proves in the same breath that no later holder has come: neither to the run nor to the lease.
        var own = isFirst ? "(token IS NULL OR token <= {1})" : "token = {1}";
        var locked = Sql.Execute(
            context,
            $"UPDATE runs SET token = {{1}} WHERE id = {{0}} AND is_open = {{2}} AND {own} AND EXISTS (SELECT 1 FROM run_lease WHERE token = {{1}})",
            [id, token, true]);
        if (locked != 1)
        {
            throw new LeaseLostException(token);
        }

        var row = context.Runs.Single(r => r.Id == id);
        var before = row.Instance;
        change(row);
        row.Changed = time.GetUtcNow();
        context.SaveChanges();
        if (isFirst && before is not null)
        {
            AuditLog.Append(context, Itself, AuditAction.ResumeTraining, id, AuditOutcome.Done, $"where {before} left it: {row.State}", row.Changed);
        }

        transaction.Commit();
        return row;
    }
}
