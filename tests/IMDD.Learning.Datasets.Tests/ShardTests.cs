using System.Text;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Shards;
using IMDD.Testing;

namespace IMDD.Learning.Datasets.Tests;

public sealed class ShardTests : IDisposable
{
    private const int Pictures = 40;
    private const long SmallShard = 20 << 10;

    private readonly FixtureFolder _data = new();
    private readonly TestDirectory _directory = new();

    public ShardTests()
    {
        for (var i = 0; i < Pictures; i++)
        {
            _data.Image($"part/test/dent/{i:D3}.png", seed: i).Mask($"part/ground_truth/dent/{i:D3}_mask.png");
        }
    }

    [Fact]
    public void WriteAndRead_EverySample_ComesBackAsItWas()
    {
        var reader = Write("a");
        var order = reader.Order(epoch: 0, seed: 1, buffer: 1);

        reader.Manifest.Entries.Select(e => e.Shard).Distinct(StringComparer.Ordinal).Count().ShouldBeGreaterThan(3);
        var samples = reader.Read(order).ToDictionary(s => s.Key, StringComparer.Ordinal);
        samples.Count.ShouldBe(Pictures);
        samples["000000007"].Files["png"].ToArray().ShouldBe(File.ReadAllBytes(Path.Combine(_data.Root, "part/test/dent/007.png")));
        samples["000000007"].Files.Keys.ShouldBe(["png", "mask.png", "json"], ignoreOrder: true);
        Encoding.UTF8.GetString(samples["000000007"].Files["json"].Span).ShouldContain("part/test/dent/007.png");
        reader.Manifest.Sources.Count.ShouldBe(2 * Pictures);
    }

    [Fact]
    public void Version_SameData_IsTheSameAndAnotherPictureIsNot()
    {
        var first = Write("a").Manifest.Version();
        var second = Write("b").Manifest.Version();
        _data.Image("part/test/dent/000.png", seed: 999);

        second.ShouldBe(first);
        Write("c").Manifest.Version().ShouldNotBe(first);
        File.ReadAllBytes(_directory.File("a/shard-00000.tar")).ShouldBe(File.ReadAllBytes(_directory.File("b/shard-00000.tar")));
    }

    [Fact]
    public void Read_FromTheMiddle_ContinuesAsIfItHadNotStopped()
    {
        var reader = Write("a");
        var order = reader.Order(epoch: 3, seed: 5, buffer: 8);

        var whole = reader.Read(order).Select(s => s.Key).ToList();
        var resumed = new ShardReader(_directory.File("a"));

        resumed.Read(resumed.Order(3, 5, 8), from: 17).Select(s => s.Key).ShouldBe(whole.Skip(17));
        resumed.Order(4, 5, 8).Select(e => e.Key).ShouldNotBe(whole);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    public void Order_SharedByRank_CoversEverySampleOnce(int readers)
    {
        var reader = Write("a");

        Enumerable.Range(0, readers).SelectMany(rank => reader.Order(2, 9, 16, rank, readers)).Select(e => e.Key).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, Pictures).Select(i => $"{i:D9}"));
    }

    [Fact]
    public void Read_DamagedShard_SaysWhere()
    {
        var reader = Write("a");
        var path = _directory.File("a/shard-00000.tar");
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(0, 300).Fill((byte)'x');
        File.WriteAllBytes(path, bytes);

        Should.Throw<DatasetException>(() => reader.Read(reader.Order(0, 0, 1)).Count()).Message.ShouldContain("shard-00000.tar");
    }

    [Fact]
    public void Read_ManifestThatLeavesItsFolder_IsRefused()
    {
        Write("a");
        var path = _directory.File("a/" + ShardManifest.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("shard-00000.tar", "../shard-00000.tar", StringComparison.Ordinal));

        Should.Throw<DatasetException>(() => new ShardReader(_directory.File("a"))).Message.ShouldContain("outside");
    }

    public void Dispose()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    private ShardReader Write(string name)
    {
        ShardWriter.Write(DatasetReaders.Read("mvtec:" + _data.Root), _directory.File(name), SmallShard);
        return new ShardReader(_directory.File(name));
    }
}
