using System.Diagnostics;
using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Hosting;
using IMDD.Imaging.Masks;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Edge.Camera.Tests;

public sealed class CameraGatewayTests : IAsyncLifetime
{
    private const string Wait = "--Camera:Wait=true";

    private GatewayFixture _fixture = default!;
    private TestAgent _agent = default!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await GatewayFixture.CreateAsync();
        _agent = await _fixture.StartAgentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Run_FolderShorterThanTheRun_EachPassHasNewIdsAndEveryOutcomeReturns()
    {

        await using var gateway = _fixture.Start(_fixture.Images(3), frames: 8, Wait);

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        _agent.FrameIds.Distinct().Count().ShouldBe(8);
        _agent.Received.Select(r => r.Event.Extension("framedigest")).Distinct().Count().ShouldBe(3);
        _fixture.ReadLog().Select(l => l.GetProperty("frameId").GetString()).Order().ShouldBe(_agent.FrameIds.Distinct().Order());
        _fixture.SpooledFiles().ShouldBeEmpty();
        gateway.Status.Cameras.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            c => c.Sent.ShouldBe(8), c => c.Returned.ShouldBe(8), c => c.Pending.ShouldBe(0));
    }

    [Fact]
    public async Task Run_Frame_CarriesItsIdentityTimeAndPart()
    {

        await using var gateway = _fixture.Start(_fixture.Images(1), frames: 1, Wait);
        await gateway.Exit;

        var (message, frame) = _agent.Received.First();
        message.Topic.ShouldBe("imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1");
        message.Retain.ShouldBeFalse();
        message.ContentType.ShouldBe("image/png");
        frame.Source.ShouldBe("//acme/ulm/paint/line2/cell3/camera/cam1");
        frame.Type.ShouldBe(EventTypes.FrameCaptured);
        frame.Subject.ShouldBe("cam1/part/SN000001");
        frame.Id.ShouldEndWith("-1");
        frame.Extension("sequence").ShouldBe("00000000000000000001");
        frame.Extension("partid").ShouldBe("SN000001");
        frame.Extension("framedigest").ShouldBe(ContentDigest.Of(message.Payload.Span));
        frame.Extension("imagewidth").ShouldBe("16");
        frame.Extension("imageheight").ShouldBe("12");
        frame.Extension("correlationid").ShouldNotBeNullOrEmpty();
        frame.Extension("historical").ShouldBeNull();
        CloudEventText.IsTraceParent(frame.Extension("traceparent")).ShouldBeTrue();
        CloudEventText.TryParseTime(frame.Extension("expirytime"), out var expiry).ShouldBeTrue();
        (expiry - frame.Time!.Value).ShouldBe(TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(1));

        var line = _fixture.ReadLog().ShouldHaveSingleItem();
        line.GetProperty("frameId").GetString().ShouldBe(frame.Id);
        line.GetProperty("camera").GetString().ShouldBe("cam1");
        line.GetProperty("assetPath").GetString().ShouldBe(GatewayFixture.Asset);
        line.GetProperty("sequence").GetInt64().ShouldBe(1);
        line.GetProperty("sha256").GetString().ShouldBe(frame.Extension("framedigest"));
        line.GetProperty("time").GetDateTimeOffset().ShouldBe(frame.Time.Value, TimeSpan.FromMilliseconds(0.01));
    }

    [Fact]
    public async Task Run_ManyCameras_ShareTheFramesAndKeepSourcesAndSequencesApart()
    {

        await using var gateway = _fixture.Start(
            _fixture.Images(9), frames: 10, Wait, "--Camera:Names:0=left", "--Camera:Names:1=top", "--Camera:Names:2=right");

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        var bySource = _agent.Received.GroupBy(r => r.Event.Source).ToDictionary(g => g.Key.Split('/')[^1], g => g.Select(r => r.Event).ToList());
        bySource.ToDictionary(p => p.Key, p => p.Value.Select(e => e.Id).Distinct().Count()).ShouldBe(
            new Dictionary<string, int> { ["left"] = 4, ["top"] = 3, ["right"] = 3 }, ignoreOrder: true);
        bySource["top"].Select(e => e.Extension("sequence")!.TrimStart('0')).Distinct().ShouldBe(["1", "2", "3"]);
        bySource["left"][0].Extension("correlationid").ShouldBe(bySource["right"][0].Extension("correlationid"));
        bySource["left"][0].Extension("framedigest").ShouldNotBe(bySource["right"][0].Extension("framedigest"));
    }

    [Fact]
    public async Task Run_EveryFrame_IsInTheLogBeforeItIsOnTheBroker()
    {
        List<string> missing = [];
        _agent.Answers = frame =>
        {
            if (!File.ReadAllText(_fixture.LogFile).Contains($"\"{frame.Id}\"", StringComparison.Ordinal))
            {
                missing.Add(frame.Id);
            }

            return true;
        };

        await using var gateway = _fixture.Start(_fixture.Images(5), frames: 60, Wait, "--Camera:Count=4");

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        missing.ShouldBeEmpty();
        _agent.FrameIds.Distinct().Count().ShouldBe(60 / 4, "each of the four cameras has the same boot and the same sequences");
        _agent.Received.Select(r => (r.Event.Source, r.Event.Id)).Distinct().Count().ShouldBe(60);
    }

    [Fact]
    public async Task Run_LimitsWhoseTurnComesAsTheyEnd_EndNoProcess()
    {
        TardyTime time = new();

        await using var gateway = _fixture.Start(time, _fixture.Images(2), frames: 8, Wait);

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        time.Late.ShouldBeGreaterThan(8, "each publication has a limit");
        time.Thrown.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_OutcomeMissing_SendsTheSameFrameAgainUntilItIsBack()
    {
        _agent.Answers = frame => _agent.FrameIds.Count(id => id == frame.Id) >= 3;

        await using var gateway = _fixture.Start(
            _fixture.Images(2), frames: 2, Wait, "--Camera:ResendAfter=00:00:00.1", "--Camera:MaxResendDelay=00:00:00.3");

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        foreach (var attempts in _agent.Received.GroupBy(r => r.Event.Id))
        {
            attempts.Count().ShouldBeGreaterThanOrEqualTo(3);
            attempts.Select(a => a.Event.Time).Distinct().ShouldHaveSingleItem();
            attempts.Select(a => a.Event.Extension("framedigest")).Distinct().ShouldHaveSingleItem();
        }

        gateway.Status.Cameras.Sum(c => c.Resent).ShouldBeGreaterThanOrEqualTo(4);
        _fixture.ReadLog().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_PastTheDeadline_SendsTheFrameAsHistoricalAndNotBefore()
    {
        _agent.Answers = frame => frame.Extension("historical") == "true";

        await using var gateway = _fixture.Start(
            _fixture.Images(1), frames: 1, Wait, "--Camera:ResendAfter=00:00:00.1", "--Camera:MaxResendDelay=00:00:00.2", "--Camera:Deadline=00:00:01");

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        var attempts = _agent.Received.Select(r => r.Event).ToList();
        attempts.Select(a => a.Id).Distinct().ShouldHaveSingleItem();
        attempts[0].Extension("historical").ShouldBeNull();
        attempts[^1].Extension("historical").ShouldBe("true");
        attempts[^1].Extension("expirytime").ShouldBeNull();
        CloudEventText.TryParseTime(attempts[^1].Extension("recordedtime"), out var sent).ShouldBeTrue();
        (sent - attempts[^1].Time!.Value).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Run_SpoolFull_BlocksTheSourceAndCountsIt()
    {
        _agent.Answers = _ => false;

        await using var gateway = _fixture.Start(_fixture.Images(4), frames: 9, Wait, "--Camera:MaxSpoolFrames=3", "--Camera:ResendAfter=00:01:00");
        await Eventually.IsTrue(() => _agent.FrameIds.Count == 3, () => $"{_agent.FrameIds.Count} frames came, not 3");

        // At 200 frames/s the other six would be here long since.
        await Task.Delay(TimeSpan.FromMilliseconds(400), TestContext.Current.CancellationToken);
        _agent.FrameIds.Count.ShouldBe(3);
        _fixture.ReadLog().Count.ShouldBe(3);
        _fixture.SpooledFiles().Count.ShouldBe(3);

        _agent.Answers = _ => true;
        foreach (var id in _agent.FrameIds)
        {
            await _agent.AnswerAsync("cam1", id);
        }

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        _fixture.ReadLog().Count.ShouldBe(9);
        gateway.Status.Cameras[0].Blocked.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Run_WithAListener_FramesCarryTheSpanThatMadeThemAndAreSentInIt()
    {
        using SpanRecorder spans = new();
        await using var gateway = _fixture.Start(_fixture.Images(1), frames: 1, Wait);

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);

        var carried = _agent.Received.Single().Event.Extension(CloudEventAttributes.TraceParent);
        spans.Named("create imdd/v1/+/frame").ShouldContain(span => span.Id == carried);
        spans.Named("send imdd/v1/+/frame").ShouldContain(span => span.ParentId == carried);
    }

    [Fact]
    public async Task Run_AgainAfterAStop_SendsWhatWaitsUnderItsIdsAndGoesOnCounting()
    {
        _agent.Answers = _ => false;
        var folder = _fixture.Images(3);
        await using (var first = _fixture.Start(folder, frames: 5))
        {
            await Eventually.IsTrue(() => _agent.FrameIds.Count == 5, () => $"{_agent.FrameIds.Count} frames came, not 5");
            (await first.StopAsync()).ShouldBe(ExitCodes.Stopped, first.Errors);
        }

        var ids = _agent.FrameIds;
        _fixture.SpooledFiles().Count.ShouldBe(5);
        _agent.Answers = _ => true;

        await using var second = _fixture.Start(folder, frames: 2, Wait);

        (await second.Exit).ShouldBe(ExitCodes.Stopped, second.Errors);
        _agent.FrameIds.Count(ids.Contains).ShouldBeGreaterThanOrEqualTo(10);
        _fixture.ReadLog().Select(l => l.GetProperty("sequence").GetInt64()).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
        _fixture.ReadLog().Select(l => l.GetProperty("bootId").GetString()).Distinct().ShouldHaveSingleItem();
        second.Status.Cameras[0].ShouldSatisfyAllConditions(c => c.Sent.ShouldBe(7), c => c.SentByThisRun.ShouldBe(2), c => c.Returned.ShouldBe(7));
    }

    [Fact]
    public async Task Run_KilledAndStartedAgain_LosesNoFrameOfItsLog()
    {
        _agent.Answers = frame => frame.Id.GetHashCode(StringComparison.Ordinal) % 3 != 0; // some are in the spool at each kill
        var folder = _fixture.Images(3);
        for (var kill = 1; kill <= 3; kill++)
        {
            var expected = 15 * kill;
            using var process = StartProcess(folder);
            await Eventually.IsTrue(() => _fixture.ReadLogLines() >= expected, () => $"{_fixture.ReadLogLines()} frames in the log, not {expected}");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        _agent.Answers = _ => true;
        await using var last = _fixture.Start(folder, frames: 4, Wait, "--Camera:ResendAfter=00:00:01");

        (await last.Exit).ShouldBe(ExitCodes.Stopped, last.Errors);
        var logged = _fixture.ReadLog().Select(l => l.GetProperty("frameId").GetString()!).ToList();
        logged.Distinct().Count().ShouldBe(logged.Count);
        _agent.FrameIds.Distinct().Order().ShouldBe(logged.Order());
        _fixture.ReadLog().Select(l => l.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, logged.Count).Select(i => (long)i));
    }

    [Fact]
    public async Task Run_LogCutShortByACrash_IsMendedAndTheFrameLoggedAgain()
    {
        _agent.Answers = _ => false;
        var folder = _fixture.Images(2);
        await using (var first = _fixture.Start(folder, frames: 3))
        {
            await Eventually.IsTrue(() => _agent.FrameIds.Count == 3, () => "no three frames");
        }

        var bytes = await File.ReadAllBytesAsync(_fixture.LogFile, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_fixture.LogFile, bytes[..^20], TestContext.Current.CancellationToken);
        _agent.Answers = _ => true;

        await using var second = _fixture.Start(folder, frames: 1, Wait);

        (await second.Exit).ShouldBe(ExitCodes.Stopped, second.Errors);
        _fixture.ReadLog().Select(l => l.GetProperty("sequence").GetInt64()).ShouldBe([1, 2, 3, 4]);
        _fixture.ReadLog().Select(l => l.GetProperty("frameId").GetString()).ShouldBe(_agent.FrameIds.Distinct());
    }

    [Fact]
    public async Task Run_LogGone_BeginsANewBootSoThatNoIdIsGivenTwice()
    {
        var folder = _fixture.Images(2);
        await using (var first = _fixture.Start(folder, frames: 2, Wait))
        {
            await first.Exit;
        }

        File.Delete(_fixture.LogFile);
        await using var second = _fixture.Start(folder, frames: 2, Wait);

        (await second.Exit).ShouldBe(ExitCodes.Stopped, second.Errors);
        _agent.FrameIds.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task Run_SpooledFileDamaged_IsSetAsideAndTheOthersGoOn()
    {
        _agent.Answers = _ => false;
        var folder = _fixture.Images(2);
        await using (var first = _fixture.Start(folder, frames: 3))
        {
            await Eventually.IsTrue(() => _agent.FrameIds.Count == 3, () => "no three frames");
        }

        var damaged = _fixture.SpooledFiles().Order().First();
        var bytes = await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken);
        bytes[^5] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, TestContext.Current.CancellationToken);
        _agent.Answers = _ => true;

        await using var second = _fixture.Start(folder, frames: 1, Wait);

        (await second.Exit).ShouldBe(ExitCodes.Stopped, second.Errors);
        File.Exists(damaged + ".damaged").ShouldBeTrue();
        second.Status.Cameras[0].ShouldSatisfyAllConditions(c => c.Sent.ShouldBe(4), c => c.Returned.ShouldBe(3), c => c.Pending.ShouldBe(0));
    }

    [Fact]
    public async Task Run_ReceiptsThatAreNone_FreeNoFrame()
    {
        _agent.Answers = _ => false;
        await using var gateway = _fixture.Start(_fixture.Images(1), frames: 1, Wait, "--Camera:ResendAfter=00:01:00");
        await Eventually.IsTrue(() => _agent.FrameIds.Count == 1, () => "no frame");
        CameraPath camera = new(AssetPath.Parse(GatewayFixture.Asset), "cam1");
        var topic = MqttTopics.Outcome(camera);

        await _agent.SendAsync(new MqttOutgoing { Topic = topic, Payload = "no event"u8.ToArray() });
        await _agent.SendAsync(WithPayload(camera, "{"));
        await _agent.SendAsync(WithPayload(camera, """{"frameId":"x"}"""));
        await _agent.SendAsync(WithPayload(camera, $$"""{"frameId":"{{_agent.FrameIds[0]}}","outcomeId":"another","verdict":"pass"}"""));
        await _agent.AnswerAsync("cam1", "unknown-1");
        await _agent.AnswerAsync("cam1", _agent.FrameIds[0]);

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        gateway.Status.Cameras[0].Returned.ShouldBe(1);
    }

    [Fact]
    public async Task Run_BrokerAwayAtFirst_CapturesIntoTheSpoolAndDeliversLater()
    {
        int port;
        await using (var away = await EmbeddedMqttBroker.StartAsync())
        {
            port = away.Port;
        }

        await using var gateway = _fixture.Start(_fixture.Images(2), frames: 5, Wait, $"--Mqtt:Port={port}");
        await Eventually.IsTrue(() => _fixture.ReadLogLines() == 5, () => "the gateway waits for the broker");
        await using var broker = await EmbeddedMqttBroker.StartAsync(port);
        await using var agent = await TestAgent.StartAsync(port, GatewayFixture.Asset);

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        agent.FrameIds.Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public async Task Run_AtItsEnd_LeavesABalancedBalanceRetained()
    {

        await using var gateway = _fixture.Start(_fixture.Images(2), frames: 6, Wait);
        await gateway.Exit;

        var topic = MqttTopics.CameraBalance(new CameraPath(AssetPath.Parse(GatewayFixture.Asset), "cam1"));
        var payload = (await _fixture.Broker.GetRetainedAsync(topic)).ShouldNotBeNull();
        var balance = ImddJson.Deserialize<CameraBalance>(payload.Span);
        (balance.CameraId, balance.Sent, balance.Returned, balance.Spooled).ShouldBe(("cam1", 6, 6, 0));
        balance.BootId.ShouldBe(_fixture.ReadLog()[0].GetProperty("bootId").GetString());
    }

    [Fact]
    public async Task Run_OutcomesThatNeverCome_EndsWithAFailureThatCountsThem()
    {
        _agent.Answers = _ => false;

        await using var gateway = _fixture.Start(_fixture.Images(1), frames: 2, Wait, "--Camera:WaitTimeout=00:00:00.5");

        (await gateway.Exit).ShouldBe(ExitCodes.Failed);
        gateway.Errors.ShouldContain("2 of 2 frames have no outcome");
        _fixture.SpooledFiles().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_SyntheticWithTruth_WritesTheMasksOfTheFramesItSent()
    {
        var truthFile = _fixture.File("truth.jsonl");

        await using var gateway = _fixture.Start(
            "", frames: 6, Wait, "--Camera:Source=Synthetic", "--Camera:Synthetic:Size=96", "--Camera:Synthetic:DefectRate=1", "--Camera:Count=2",
            "--Camera:Synthetic:LoopFrames=2", $"--Camera:TruthFile={truthFile}");

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        var lines = (await File.ReadAllLinesAsync(truthFile, TestContext.Current.CancellationToken)).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        lines.Select(l => (l.GetProperty("camera").GetString(), l.GetProperty("frameId").GetString())).Order().ShouldBe(
            _fixture.ReadLog().Select(l => (l.GetProperty("camera").GetString(), l.GetProperty("frameId").GetString())).Order());
        foreach (var line in lines)
        {
            var mask = line.GetProperty("maskRle").Deserialize<MaskRle>(ImddJson.Options)!;
            mask.Size.ShouldBe([96, 96]);
            var defects = line.GetProperty("defects").EnumerateArray().ToList();
            defects.ShouldNotBeEmpty();
            foreach (var defect in defects)
            {
                var own = defect.GetProperty("maskRle").Deserialize<MaskRle>(ImddJson.Options)!;
                CocoRle.Area(own).ShouldBe(defect.GetProperty("areaPx").GetInt64());
                CocoRle.BoundingBox(own).ShouldBe(defect.GetProperty("bboxPx").EnumerateArray().Select(e => e.GetInt32()));
            }
        }
    }

    [Fact]
    public async Task Run_NewKindAfterSomeFrames_ShowsItFromThenOnAndNothingElseWithIt()
    {
        var truthFile = _fixture.File("truth.jsonl");

        await using var gateway = _fixture.Start(
            "", frames: 40, Wait, "--Camera:Source=Synthetic", "--Camera:Synthetic:Size=96", "--Camera:Synthetic:DefectRate=0.5",
            "--Camera:Synthetic:LoopFrames=0", "--Camera:Synthetic:NewKind=peeling", "--Camera:Synthetic:NewKindAfterFrames=10",
            "--Camera:Synthetic:NewKindRate=0.5", $"--Camera:TruthFile={truthFile}");

        (await gateway.Exit).ShouldBe(ExitCodes.Stopped, gateway.Errors);
        var kinds = (await File.ReadAllLinesAsync(truthFile, TestContext.Current.CancellationToken))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("defects").EnumerateArray().Select(d => d.GetProperty("kind").GetString()!).ToList()).ToList();
        kinds.Take(10).ShouldAllBe(shown => !shown.Contains("peeling"));
        var fresh = kinds.Skip(10).Where(shown => shown.Contains("peeling")).ToList();
        fresh.Count.ShouldBeInRange(5, 25);
        fresh.ShouldAllBe(shown => shown.Distinct().Count() == 1);
    }

    [Fact]
    public async Task Start_NewKindOnALoopOrUnknown_NamesBothKeys()
    {
        await using var gateway = _fixture.Start("", frames: 1, "--Camera:Source=Synthetic", "--Camera:Synthetic:NewKind=rust-bucket");

        (await gateway.Exit).ShouldBe(ExitCodes.ConfigurationInvalid);
        gateway.Errors.ShouldContain("NewKind: 'rust-bucket' is not a kind of defect");
        gateway.Errors.ShouldContain("LoopFrames: is 24; must be 0 where NewKind is set");
    }

    [Fact]
    public async Task Start_SpoolOfAnotherGateway_IsRefused()
    {
        _agent.Answers = _ => false;
        await using var first = _fixture.Start(_fixture.Images(1), frames: 1);
        await Eventually.IsTrue(() => _agent.FrameIds.Count == 1, () => "no frame");

        await using var second = _fixture.Start(_fixture.Images(1), frames: 1, "--Mqtt:ClientId=another");

        (await second.Exit).ShouldBe(ExitCodes.StoreUnavailable);
        second.Errors.ShouldContain("used by one gateway alone");
    }

    [Fact]
    public async Task Start_FolderWithoutImages_IsAnErrorOfTheConfiguration()
    {
        Directory.CreateDirectory(_fixture.File("empty"));

        await using var gateway = _fixture.Start(_fixture.File("empty"), frames: 1);

        (await gateway.Exit).ShouldBe(ExitCodes.ConfigurationInvalid);
        gateway.Errors.ShouldContain("Camera:Folder");
        gateway.Errors.ShouldContain("holds no images");
    }

    [Fact]
    public async Task Start_ManyErrors_AllAreSaidWithTheirKeys()
    {
        await using var gateway = RunningGateway.Start(
            "--Camera:Asset=acme/Ulm", "--Camera:FramesPerSecond=0", "--Camera:Source=Folder", "--Camera:Folder=/nowhere", "--Camera:Wait=true",
            "--Camera:Names:0=Cam 1", "--Camera:Synthetic:Kinds:0=hole", "--Camera:Synthetic:Size=4", "--Camera:Unknown=1");

        (await gateway.Exit).ShouldBe(ExitCodes.ConfigurationInvalid);
        foreach (var expected in new[]
        {
            "Camera:Asset", "Camera:FramesPerSecond", "Camera:Folder", "Camera:Frames", "Camera:Names", "Camera:Synthetic:Size", "'hole' is not a kind of defect", "Camera:Unknown",
        })
        {
            gateway.Errors.ShouldContain(expected);
        }
    }

    private Process StartProcess(string folder)
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        ProcessStartInfo start = new("dotnet") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _fixture.File("") };
        string[] arguments =
        [
            Repository.PathOf("artifacts", "bin", "IMDD.Edge.Camera", configuration, "IMDD.Edge.Camera.dll"),
            "--urls=http://127.0.0.1:0", $"--Mqtt:Port={_fixture.Broker.Port}", $"--Camera:Asset={GatewayFixture.Asset}", "--Camera:Source=Folder",
            $"--Camera:Folder={folder}", $"--Camera:SpoolDirectory={_fixture.Spool}", "--Camera:FramesPerSecond=100", "--Logging:LogLevel:Default=None",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    private static MqttOutgoing WithPayload(CameraPath camera, string json)
    {
        var now = TimeProvider.System.GetUtcNow();
        OutcomeReceipt receipt = new() { FrameId = "f", OutcomeId = EventId.ForOutcome(camera, "f"), Verdict = Verdict.Pass };
        EventContext context = new() { Source = EventSource.Agent(camera.Asset, "box1"), Time = now, RecordedTime = now };
        return MqttPublications.Outcome(camera, receipt, context).ToOutgoing() with { Payload = System.Text.Encoding.UTF8.GetBytes(json) };
    }
}
