using System.Globalization;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Events;
using IMDD.Relational;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>Names: those that models use are known, those that people type in are proposed until a model uses them.</summary>
internal static class Vocabulary
{
    /// <summary>Marks names as known.</summary>
    public static void Know(CuratorDbContext context, IEnumerable<string> names)
    {
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            Sql.Execute(
                context,
                "INSERT INTO terms (class, proposed, uses) VALUES ({0}, {1}, 0) ON CONFLICT (class) DO UPDATE SET proposed = excluded.proposed",
                [name, false]);
        }
    }

    /// <summary>Counts the names of a label; those that nobody had used before.</summary>
    public static List<string> Use(CuratorDbContext context, ExampleLabel label)
    {
        List<string> proposed = [];
        foreach (var name in NamesOf(label))
        {
            var row = Sql.Query(
                context,
                """
                INSERT INTO terms (class, proposed, uses, proposed_by) VALUES ({0}, {1}, 1, {2})
                ON CONFLICT (class) DO UPDATE SET uses = terms.uses + 1
                RETURNING proposed, uses
                """,
                [name, true, label.RaterId])[0];
            if (Convert.ToBoolean(row[0], CultureInfo.InvariantCulture) && Convert.ToInt64(row[1], CultureInfo.InvariantCulture) == 1)
            {
                proposed.Add(name);
            }
        }

        return proposed;
    }

    /// <summary>Takes the names of a label back; one that only it had used is forgotten.</summary>
    public static void Release(CuratorDbContext context, ExampleLabel label)
    {
        foreach (var name in NamesOf(label))
        {
            Sql.Execute(context, "UPDATE terms SET uses = uses - 1 WHERE class = {0} AND uses > 0", [name]);
            Sql.Execute(context, "DELETE FROM terms WHERE class = {0} AND proposed = {1} AND uses = 0", [name, true]);
        }
    }

    /// <summary>In one order, so that two transactions do not wait for each other.</summary>
    private static IEnumerable<string> NamesOf(ExampleLabel label)
        => label.Regions.Select(region => region.Class).Where(name => name != UnknownDefect).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>What a region is called that no name fits: not a name.</summary>
    public const string UnknownDefect = "unknown-defect";
}
