using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Curator.Ingest;

/// <summary>Finds the frame that a new one looks like.</summary>
internal static class LookAlikes
{
    /// <summary>Most frames of a camera that one is compared with, the latest.</summary>
    private const int MostCompared = 512;

    /// <summary>
    /// Until the transaction ends no other instance compares frames of these cameras: two that come at once would each stand for the other. In one order,
    /// so that two instances do not wait for each other.
    /// </summary>
    public static void Lock(CuratorDbContext context, IEnumerable<string> cameras)
    {
        // SQLite has one writer at a time as it is.
        if (context.Database.IsNpgsql())
        {
            foreach (var camera in cameras.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                Sql.Execute(context, "SELECT pg_advisory_xact_lock(hashtextextended({0}, 0))", [camera]);
            }
        }
    }

    /// <summary>
    /// The outcome of the frame that stands for this one; null where there is none. It is nearest by its embedding, and the model said the same of it: a
    /// defect is small beside a picture, and a frame that failed is another question than one that passed.
    /// </summary>
    /// <param name="context">Under <see cref="Lock"/>.</param>
    /// <param name="row">With its embedding.</param>
    /// <param name="frame">What is known of it.</param>
    /// <param name="similarity">Least cosine.</param>
    /// <param name="since">What was judged before is not compared with.</param>
    public static string? Find(CuratorDbContext context, FrameRow row, ReviewFrame frame, double similarity, DateTimeOffset since)
    {
        var vector = MemoryMarshal.Cast<byte, float>(row.Embedding).ToArray();
        var near = context.Frames.AsNoTracking()
            .Where(f => f.Camera == row.Camera && f.Model == row.Model && f.Embedding != null && f.Data != null && f.MergedInto == null && f.OutcomeId != row.OutcomeId
                && f.State != ConsensusState.Withdrawn && (f.Labels == 0 ? f.Waiting : f.Changed > since))
            .OrderByDescending(f => f.Changed).ThenBy(f => f.OutcomeId).Take(MostCompared).Select(f => new { f.OutcomeId, f.Embedding }).AsEnumerable()
            .Select(f => (f.OutcomeId, Cosine: Cosine(vector, f.Embedding!))).Where(f => f.Cosine >= similarity)
            .OrderByDescending(f => f.Cosine).ThenBy(f => f.OutcomeId, StringComparer.Ordinal).Select(f => f.OutcomeId).ToList();
        return near.Find(id => IsSameKind(frame, ImddJsonText.Read<ReviewFrame>(context.Frames.AsNoTracking().Where(f => f.OutcomeId == id).Select(f => f.Data!).Single())));
    }

    private static double Cosine(float[] vector, byte[] other)
    {
        var known = MemoryMarshal.Cast<byte, float>(other);
        return known.Length == vector.Length ? TensorPrimitives.Dot<float>(vector, known) : double.NegativeInfinity;
    }

    private static bool IsSameKind(ReviewFrame a, ReviewFrame b)
        => a.Verdict == b.Verdict && a.Regions.Select(r => r.Class).ToHashSet(StringComparer.Ordinal).SetEquals(b.Regions.Select(r => r.Class));
}
