using System.Globalization;
using IMDD.Cloud.Trainer.State;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>
/// The right to run, one holder at a time. Each holder gets a token above all before it; what is written to the database or registered elsewhere
/// shows it, so that a holder that was paused past its lease changes nothing any more (Kleppmann, "How to do distributed locking", 2016).
/// </summary>
internal sealed class RunLease(IDbContextFactory<TrainerDbContext> contexts, InstanceIdentity instance, IOptions<TrainerOptions> options, TimeProvider time)
{
    private const string Name = "run";

    /// <summary>The token, or null while another holds it.</summary>
    /// <param name="above">The token is greater than this.</param>
    public long? TryTake(long above = 0)
    {
        using var context = contexts.CreateDbContext();
        var now = time.GetUtcNow();

        // Never below the seconds of the clock: a database that was lost does not start again below what the registry has seen.
        var rows = Sql.Query(
            context,
            """
            INSERT INTO run_lease (name, holder, token, until_us) VALUES ({0}, {1}, {2}, {3})
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_us = excluded.until_us,
                token = CASE WHEN run_lease.token >= excluded.token THEN run_lease.token + 1 ELSE excluded.token END
            WHERE run_lease.until_us <= {4}
            RETURNING token
            """,
            [Name, instance.Name, Math.Max(now.ToUnixTimeSeconds(), above + 1), Timestamp.ToMicroseconds(now + options.Value.LeaseTime), Timestamp.ToMicroseconds(now)]);
        return rows.Count == 0 ? null : Convert.ToInt64(rows[0][0], CultureInfo.InvariantCulture);
    }

    /// <summary>True while the token is the newest: then it is good for another while.</summary>
    public bool Renew(long token)
    {
        using var context = contexts.CreateDbContext();
        var until = Timestamp.ToMicroseconds(time.GetUtcNow() + options.Value.LeaseTime);
        return Sql.Execute(context, "UPDATE run_lease SET until_us = {0} WHERE name = {1} AND token = {2}", [until, Name, token]) == 1;
    }

    /// <summary>Gives it back at once.</summary>
    public void Release(long token)
    {
        using var context = contexts.CreateDbContext();
        Sql.Execute(context, "UPDATE run_lease SET until_us = 0 WHERE name = {0} AND token = {1}", [Name, token]);
    }
}
