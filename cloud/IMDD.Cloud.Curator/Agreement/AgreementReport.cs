using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Review;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Curator.Agreement;

/// <summary>How far raters agree, over the latest pictures that two of them have judged.</summary>
internal sealed class AgreementReport(IDbContextFactory<CuratorDbContext> contexts, IOptions<CuratorOptions> options)
{
    private const int LatestLabels = 20_000;
    private const string Pass = "pass";

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
                return new RaterAgreement(pair.Key.First, pair.Key.Second, pair.Count(), verdicts.Observed, names.Observed, verdicts.Kappa, names.Kappa);
            }),
        ];
    }

    /// <summary>Blind words beside the first word of somebody who saw the prediction; on frames that passed and that nobody had judged, beside the model's.</summary>
    public async Task<BlindAgreement> ReadBlindAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var blind = await context.Labels.AsNoTracking().Where(l => l.Standing && l.Blind).OrderByDescending(l => l.Sequence).Take(LatestLabels).ToListAsync(cancellationToken);
        var sighted = (await context.Labels.AsNoTracking()
                .Where(l => l.Standing && !l.Blind && context.Labels.Any(b => b.Digest == l.Digest && b.Standing && b.Blind))
                .OrderByDescending(l => l.Sequence).Take(LatestLabels)
                .Select(l => new { l.Digest, l.Sequence, l.Verdict, l.Names }).ToListAsync(cancellationToken))
            .GroupBy(l => l.Digest, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.MinBy(l => l.Sequence)!, StringComparer.Ordinal);
        List<((string, string) Verdicts, (string, string) Names)> labels = [], passes = [];
        foreach (var word in blind)
        {
            var first = sighted.GetValueOrDefault(word.Digest);
            if (first is not null)
            {
                labels.Add(((first.Verdict, word.Verdict), (first.Names, word.Names)));
            }

            if (word.Outcome == Pass && !(first?.Sequence < word.Sequence))
            {
                passes.Add(((Pass, word.Verdict), ("", word.Names)));
            }
        }

        return new BlindAgreement(options.Value.BlindShare, options.Value.BlindSeed, Compare(labels), Compare(passes));
    }

    private static BlindComparison? Compare(List<((string First, string Second) Verdicts, (string First, string Second) Names)> pairs)
    {
        if (pairs.Count == 0)
        {
            return null;
        }

        var (verdicts, names) = (CohensKappa.Of(pairs.ConvertAll(p => p.Verdicts)), CohensKappa.Of(pairs.ConvertAll(p => p.Names)));
        return new BlindComparison(pairs.Count, pairs.Count(p => p.Verdicts.First != p.Verdicts.Second), names.Observed, verdicts.Kappa, names.Kappa);
    }
}
