using IMDD.Messaging.Embedded;
using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>The judge finds what it is there to find.</summary>
public sealed class JudgeTests : IDisposable
{
    // SHA-256("acme/ulm/paint/line2/cell3\ncam1\nb-1") and "…b-2": first 128 bits in base32, computed with Python's hashlib and base64.
    private const string FirstId = "ow4wfb2tsmxlbz6bawhsf4cbcu";
    private const string SecondId = "nhoyyknaoia4idajhjdgxuzo6a";
    private readonly EmbeddedKafkaCluster _cluster = new();
    private readonly TestDirectory _directory = new();

    public void Dispose()
    {
        _cluster.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Read_EveryFrameHasItsOutcome_Holds()
    {
        Log(1, 2);
        await PublishAsync(FirstId, 1);
        await PublishAsync(SecondId, 2);
        await PublishAsync(FirstId, 1);
        var judgement = await ReadAsync();
        judgement.ShouldHold();
        judgement.Records.ShouldBe(3);
        judgement.Reasons.ShouldBe("pass 2");
    }

    [Fact]
    public async Task Read_AFrameWithoutOutcome_IsMissing()
    {
        Log(1, 2);
        await PublishAsync(FirstId, 1);
        var judgement = await ReadAsync();
        judgement.Missing.ShouldBe([SecondId]);
        Should.Throw<ShouldAssertException>(judgement.ShouldHold);
    }

    [Fact]
    public async Task Read_AnOutcomeWithoutFrame_IsUnexpected()
    {
        Log(1);
        await PublishAsync(FirstId, 1);
        await PublishAsync("aaaaaaaaaaaaaaaaaaaaaaaaaa", 1);
        var judgement = await ReadAsync();
        judgement.Unexpected.Count.ShouldBe(1);
        Should.Throw<ShouldAssertException>(judgement.ShouldHold);
    }

    [Fact]
    public async Task Read_AnOutcomeOfAnotherPicture_IsFound()
    {
        Log(1);
        await PublishAsync(FirstId, 2);
        (await ReadAsync()).OtherPicture.ShouldBe([FirstId]);
    }

    [Fact]
    public async Task Read_NoFrames_DoesNotHold()
    {
        Log();
        Should.Throw<ShouldAssertException>((await ReadAsync()).ShouldHold);
    }

    private static string Digest(int frame) => new((char)('0' + frame), 64);

    private void Log(params int[] frames) => File.WriteAllLines(
        _directory.File("delivered.jsonl"),
        frames.Select(f => $$"""{"camera":"cam1","assetPath":"{{Plant.Asset}}","frameId":"b-{{f}}","sha256":"sha256:{{Digest(f)}}"}"""));

    private async Task PublishAsync(string id, int frame)
    {
        Assert.SkipWhen(KcatClient.Find(out var reason) is null, reason);
        var file = _directory.File("record");
        await File.WriteAllTextAsync(file, $$"""{"verdict":"pass","frame":"sha256:{{Digest(frame)}}"}""");
        await new KcatClient(_cluster.BootstrapServers).RunAsync("-P", "-t", "imdd.inspection.outcome.v1", "-k", "cam1", "-H", $"ce_id={id}", file);
    }

    private Task<Judgement> ReadAsync()
    {
        Assert.SkipWhen(KcatClient.Find(out var reason) is null, reason);
        return new Judge(_cluster.BootstrapServers, _directory.File("delivered.jsonl")).ReadAsync();
    }
}
