using IMDD.Contracts.Events;

namespace IMDD.Contracts.Tests.Events;

public sealed class CameraStatisticsTests
{
    [Fact]
    public void Event_SameWindowAgain_SameId()
    {
        var first = CameraStatisticsEvent.Create(Sample.Statistics(), Sample.Context());
        var again = CameraStatisticsEvent.Create(Sample.Statistics(), Sample.Context() with { RecordedTime = Sample.Time.AddHours(1) });
        var next = CameraStatisticsEvent.Create(Sample.Statistics() with { WindowStart = Sample.Time.AddSeconds(1) }, Sample.Context());

        again.Id.ShouldBe(first.Id);
        next.Id.ShouldNotBe(first.Id);
        first.Extension(IMDD.Contracts.CloudEvents.CloudEventAttributes.PartitionKey).ShouldBe(Sample.Camera.ToString());
    }

    [Theory]
    [InlineData(StatisticName.Brightness, -1.0, 0)]
    [InlineData(StatisticName.Brightness, 121.9, 60)]
    [InlineData(StatisticName.Brightness, 300.0, 127)]
    [InlineData(StatisticName.Contrast, 0.0, 0)]
    [InlineData(StatisticName.Contrast, 3.0, 32)]
    [InlineData(StatisticName.Contrast, 255.0, 127)]
    [InlineData(StatisticName.Sharpness, 1.0, 16)]
    [InlineData(StatisticName.ImageScore, 0.995, 99)]
    [InlineData(StatisticName.ImageScore, 1.0, 99)]
    [InlineData(StatisticName.ImageScore, double.NaN, 0)]
    public void Bins_OfAValue_AreWhereTheContractSays(string statistic, double value, int bin) => StatisticBins.Index(statistic, value).ShouldBe(bin);

    [Fact]
    public void Event_LargestSketches_FitsIntoAnEvent()
    {
        var length = StatisticsSketch.MaxEmbeddingNumbers / StatisticsSketch.MaxEmbeddings;
        var sketch = Sample.Sketch() with
        {
            Embeddings = [.. Enumerable.Range(0, StatisticsSketch.MaxEmbeddings).Select(_ => (IReadOnlyList<double>)[.. Enumerable.Repeat(-0.1234, length)])],
            Classes = Enumerable.Range(0, StatisticsSketch.MaxNames).ToDictionary(i => $"{new string('x', 60)}{i:D2}", _ => 0L, StringComparer.Ordinal),
        };

        CameraStatisticsEvent.Create(Sample.Statistics() with { Sketch = sketch, Reference = sketch }, Sample.Context()).Data.Length.ShouldBeLessThan(ImddJson.MaxEventBytes);
    }

    public static TheoryData<string, StatisticsSketch> Faulty => new()
    {
        { "0 frames", Sample.Sketch() with { Frames = 0 } },
        { "bins", Sample.Sketch() with { Histograms = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal) { [StatisticName.Contrast] = [5] } } },
        { "more than the 4 frames", Sample.Sketch() with { Frames = 4 } },
        { "verdicts", Sample.Sketch() with { Verdicts = new Dictionary<string, long>(StringComparer.Ordinal) { ["pass"] = 6 } } },
        { "classes", Sample.Sketch() with { Classes = new Dictionary<string, long>(StringComparer.Ordinal) { ["none"] = -1 } } },
        { "differ in length", Sample.Sketch() with { Embeddings = [[0.6, 0.8], [1]] } },
        { "outside", Sample.Sketch() with { Embeddings = [[double.NaN]] } },
        { "embeddings of", Sample.Sketch() with { Embeddings = [new double[StatisticsSketch.MaxEmbeddingNumbers + 1]] } },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Event_SketchThatBreaksARule_RefusedWithTheRule(string words, StatisticsSketch sketch)
    {
        Should.Throw<ArgumentException>(() => CameraStatisticsEvent.Create(Sample.Statistics() with { Sketch = sketch }, Sample.Context())).Message.ShouldContain(words);
        Should.Throw<ArgumentException>(() => CameraStatisticsEvent.Create(Sample.Statistics() with { Reference = sketch }, Sample.Context())).Message.ShouldContain(words);
    }
}
