using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Review;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Curator.Agreement;

/// <summary>How far raters agree, over the latest pictures that two of them have judged.</summary>
internal sealed class AgreementReport(IDbContextFactory<CuratorDbContext> contexts)
{
    private const int LatestLabels = 20_000;

    public async Task<IReadOnlyList<RaterAgreement>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var labels = await context.Labels.AsNoTracking().Where(l => l.Standing).OrderByDescending(l => l.Sequence).Take(LatestLabels)
            .Select(l => new { l.Digest, l.Rater, l.Verdict, l.Names }).ToListAsync(cancellationToken);
        var pairs = from picture in labels.GroupBy(l => l.Digest, StringComparer.Ordinal)
                    from a in picture
                    from b in picture
                    where string.CompareOrdinal(a.Rater, b.Rater) < 0
                    group (A: a, B: b) by (First: a.Rater, Second: b.Rater);
        return
        [
            .. pairs.OrderBy(pair => pair.Key.First, StringComparer.Ordinal).ThenBy(pair => pair.Key.Second, StringComparer.Ordinal).Select(pair =>
            {
                var verdicts = CohensKappa.Of([.. pair.Select(p => (p.A.Verdict, p.B.Verdict))]);
                var names = CohensKappa.Of([.. pair.Select(p => (p.A.Names, p.B.Names))]);
                return new RaterAgreement(pair.Key.First, pair.Key.Second, pair.Count(), verdicts.Observed, verdicts.Kappa, names.Observed, names.Kappa);
            }),
        ];
    }
}
