namespace IMDD.Synthetics.Rendering;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine and runtime.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private readonly ulong _seed = seed;
    private ulong _state = seed;

    /// <summary>An independent stream; the same whatever was drawn from this one before.</summary>
    public SeededRandom Fork(ulong stream) => new(Mix(_seed ^ Mix(stream + 0x632BE59BD9B4E019UL)));

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public float Unit() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float Range(float low, float high) => low + (high - low) * Unit();

    /// <summary>Uniform in -<paramref name="half"/> … <paramref name="half"/>.</summary>
    public float Symmetric(float half) => Range(-half, half);

    /// <summary>Uniform integer in [0, <paramref name="count"/>).</summary>
    public int Index(int count) => (int)(Next() % (ulong)count);

    /// <summary>Uniform integer, both bounds included.</summary>
    public int Between(int low, int high) => low + Index(high - low + 1);

    public bool Chance(float probability) => Unit() < probability;

    /// <summary>Approximately normal with unit variance: twelve uniforms, no transcendental functions, hence the same everywhere.</summary>
    public float Normal()
    {
        var sum = -6f;
        for (var i = 0; i < 12; i++)
        {
            sum += Unit();
        }

        return sum;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
