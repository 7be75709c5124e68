using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>What one transaction adds, gathered before it touches a row.</summary>
internal sealed class Batch(AggregatorDbContext context, DateTimeOffset now)
{
    public AggregatorDbContext Context { get; } = context;
    public DateTimeOffset Now { get; } = now;
    public List<ParsedRecord.Poison> DeadLetters { get; } = [];
    public Dictionary<(string Camera, string Boot), BootCount> Boots { get; } = [];
    public Dictionary<string, LineCount> Lines { get; } = new(StringComparer.Ordinal);
    public Dictionary<(string Line, int Seconds, DateTimeOffset Start), VerdictCounts> Windows { get; } = [];
    public Dictionary<KafkaPartition, int> DuplicatesOf { get; } = [];
    public int Counted { get; private set; }
    public int Duplicates { get; private set; }

    public void CountDuplicate(KafkaPartition partition)
    {
        Duplicates++;
        DuplicatesOf[partition] = DuplicatesOf.GetValueOrDefault(partition) + 1;
    }

    /// <summary>A test part counts for conservation and for nothing else.</summary>
    public void Count(ParsedRecord.Outcome outcome)
    {
        Counted++;
        var line = outcome.Camera.Asset.LinePath;
        var boot = GetOrAdd(Boots, (outcome.Camera.ToString(), outcome.Boot), () => new BootCount(line));
        boot.Outcomes++;
        boot.Last = Later(boot.Last, outcome.Time);

        var total = GetOrAdd(Lines, line, () => new LineCount());
        if (outcome.Data.Simulated)
        {
            total.Simulated++;
            return;
        }

        total.Counts.Add(outcome.Data);
        total.Last = Later(total.Last, outcome.Time);
        foreach (var seconds in WindowSize.All)
        {
            GetOrAdd(Windows, (line, seconds, WindowSize.StartOf(outcome.Time, seconds)), () => new VerdictCounts()).Add(outcome.Data);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TValue GetOrAdd<TKey, TValue>(Dictionary<TKey, TValue> dictionary, TKey key, Func<TValue> make)
        where TKey : notnull
    {
        if (!dictionary.TryGetValue(key, out var value))
        {
            dictionary[key] = value = make();
        }

        return value;
    }
}
