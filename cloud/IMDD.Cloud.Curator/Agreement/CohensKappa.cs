namespace IMDD.Cloud.Curator.Agreement;

/// <summary>Agreement of two raters beyond what chance would give (Cohen, "A coefficient of agreement for nominal scales", 1960).</summary>
internal static class CohensKappa
{
    /// <summary>
    /// Observed agreement <c>p_o</c>, and <c>(p_o − p_e) / (1 − p_e)</c> with <c>p_e</c> the agreement expected of their own shares of each
    /// word; null where both always say the same one word, for then nothing can be said.
    /// </summary>
    /// <param name="pairs">What each of the two said of the same thing; at least one pair.</param>
    public static (double Observed, double? Kappa) Of(IReadOnlyCollection<(string First, string Second)> pairs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pairs.Count);
        double n = pairs.Count;
        var observed = pairs.Count(pair => pair.First == pair.Second) / n;
        var first = pairs.CountBy(pair => pair.First, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var second = pairs.CountBy(pair => pair.Second, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var agreeing = first.Sum(word => (long)word.Value * second.GetValueOrDefault(word.Key));
        var expected = agreeing / (n * n);
        return (observed, agreeing == (long)pairs.Count * pairs.Count ? null : (observed - expected) / (1 - expected));
    }
}
