namespace IMDD.System.Tests;

/// <summary>What the judge found.</summary>
internal sealed record Judgement
{
    /// <summary>Frames in the camera's log.</summary>
    public required int Sent { get; init; }

    /// <summary>Outcome records on Kafka, repeats included.</summary>
    public required int Records { get; init; }

    /// <summary>Different <c>ce_id</c>s among them.</summary>
    public required int Distinct { get; init; }

    /// <summary>Frames without an outcome.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Outcomes without a frame.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }

    /// <summary>Outcomes whose repeats say something else.</summary>
    public required IReadOnlyList<string> Contradictory { get; init; }

    /// <summary>Outcomes that name another picture than was sent.</summary>
    public required IReadOnlyList<string> OtherPicture { get; init; }

    /// <summary>Partitions whose beginning the cluster has dropped: the judge would not have seen everything.</summary>
    public required IReadOnlyList<int> Truncated { get; init; }

    /// <summary>Outcomes per verdict and reason.</summary>
    public required IReadOnlyDictionary<string, int> Verdicts { get; init; }

    /// <summary>In words.</summary>
    public string Reasons => string.Join(", ", Verdicts.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key} {v.Value}"));

    /// <summary>The law: every frame sent has exactly one outcome.</summary>
    public void ShouldHold()
    {
        Sent.ShouldBeGreaterThan(0);
        Truncated.ShouldBeEmpty();
        Missing.ShouldBeEmpty(Reasons);
        Unexpected.ShouldBeEmpty();
        OtherPicture.ShouldBeEmpty();
        Distinct.ShouldBe(Sent);
        Verdicts.Values.Sum().ShouldBe(Sent);
    }
}
