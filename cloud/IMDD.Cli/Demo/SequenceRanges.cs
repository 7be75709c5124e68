namespace IMDD.Cli.Demo;

/// <summary>A set of sequence numbers as ranges without gaps: its size is that of the disorder, not of the count.</summary>
internal sealed class SequenceRanges
{
    private readonly List<(long First, long Last)> _ranges = [];

    /// <summary>Numbers in the set.</summary>
    public long Count { get; private set; }

    /// <summary>Ranges it takes to hold them.</summary>
    public int Ranges => _ranges.Count;

    /// <summary>Adds a number; false when it is there.</summary>
    public bool Add(long number)
    {
        // Numbers mostly come in order: the place is at or near the end.
        var after = _ranges.Count;
        while (after > 0 && _ranges[after - 1].First > number)
        {
            after--;
        }

        if (after > 0 && _ranges[after - 1].Last >= number)
        {
            return false;
        }

        Count++;
        var joinsLeft = after > 0 && _ranges[after - 1].Last == number - 1;
        var joinsRight = after < _ranges.Count && _ranges[after].First == number + 1;
        if (joinsLeft && joinsRight)
        {
            _ranges[after - 1] = (_ranges[after - 1].First, _ranges[after].Last);
            _ranges.RemoveAt(after);
        }
        else if (joinsLeft)
        {
            _ranges[after - 1] = (_ranges[after - 1].First, number);
        }
        else if (joinsRight)
        {
            _ranges[after] = (number, _ranges[after].Last);
        }
        else
        {
            _ranges.Insert(after, (number, number));
        }

        return true;
    }

    /// <summary>The numbers that are in this set and not in <paramref name="other"/>, ascending.</summary>
    public IEnumerable<long> Except(SequenceRanges other)
    {
        var at = 0;
        foreach (var (first, last) in _ranges)
        {
            for (var number = first; number <= last; number++)
            {
                while (at < other._ranges.Count && other._ranges[at].Last < number)
                {
                    at++;
                }

                if (at < other._ranges.Count && other._ranges[at].First <= number)
                {
                    // Past what both have, in one step.
                    number = other._ranges[at].Last;
                }
                else
                {
                    yield return number;
                }
            }
        }
    }
}
