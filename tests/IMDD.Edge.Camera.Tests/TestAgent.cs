using System.Collections.Concurrent;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Camera.Tests;

/// <summary>Takes frames as an agent would, and answers those it is told to answer.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly AssetPath _asset;
    private readonly IMqttSession _session;

    private TestAgent(AssetPath asset, IMqttSession session) => (_asset, _session) = (asset, session);

    /// <summary>Decides which publication is answered; default all.</summary>
    public Func<CloudEvent, bool> Answers { get; set; } = _ => true;

    /// <summary>Every publication in the order of receipt.</summary>
    public ConcurrentQueue<(MqttIncoming Message, CloudEvent Event)> Received { get; } = [];

    public static async Task<TestAgent> StartAsync(int port, string asset)
    {
        var options = new MqttSessionOptions { Port = port, ClientId = "test-agent" };
        var session = Sessions.Create(options);
        TestAgent agent = new(AssetPath.Parse(asset), session);
        await session.SubscribeAsync(MqttTopics.CellFilter(agent._asset, "frame"), agent.OnFrameAsync);
        await session.StartAsync(TestContext.Current.CancellationToken);
        return agent;
    }

    public IReadOnlyList<string> FrameIds => [.. Received.Select(r => r.Event.Id)];

    public async Task AnswerAsync(string camera, string frameId)
    {
        CameraPath path = new(_asset, camera);
        OutcomeReceipt receipt = new() { FrameId = frameId, OutcomeId = EventId.ForOutcome(path, frameId), Verdict = Verdict.Pass };
        var now = TimeProvider.System.GetUtcNow();
        EventContext context = new() { Source = EventSource.Agent(_asset, "box1"), Time = now, RecordedTime = now };
        await _session.PublishAsync(MqttPublications.Outcome(path, receipt, context).ToOutgoing(), CancellationToken.None);
    }

    public async Task SendAsync(MqttOutgoing message) => await _session.PublishAsync(message, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private ValueTask OnFrameAsync(IMqttDelivery delivery, CancellationToken cancellationToken)
    {
        var message = delivery.Message with { Payload = delivery.Message.Payload.ToArray() };
        var frame = MqttBinding.Read(message.UserProperties, message.ContentType, message.Payload);
        Received.Enqueue((message, frame));
        delivery.Acknowledge();
        if (Answers(frame) && MqttTopics.TryParseCamera(message.Topic, "frame", out var camera))
        {
            // Not awaited: the answer's PUBACK comes through the loop this handler holds up.
            _ = AnswerAsync(camera!.Camera, frame.Id);
        }

        return ValueTask.CompletedTask;
    }
}
