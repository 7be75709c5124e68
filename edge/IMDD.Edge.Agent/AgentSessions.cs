using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.State;
using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent;

/// <summary>
/// The agent's connections to the broker: one for states, receipts and balances, which must never queue behind frames, and one for the
/// frames of each overload policy, so that a camera that blocks starves none that skips.
/// </summary>
internal sealed class AgentSessions : IAsyncDisposable
{
    /// <summary>Cameras to make room for where the configuration does not name them.</summary>
    private const int UnnamedCameras = 8;

    private readonly AgentOptions _options;
    private readonly MqttSessionOptions _mqtt;
    private readonly StatePublisher _states;
    private readonly NeverArrivedWatch _neverArrived;
    private readonly ILogger<AgentSessions> _logger;
    private readonly TaskCompletionSource _takenOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(IMqttSession Session, IReadOnlyList<string> Filters)> _frames = [];

    public AgentSessions(
        AgentOptions options, AgentIdentity identity, IOptions<MqttSessionOptions> mqtt, IMqttSessionFactory factory, BirthCertificate birth,
        StatePublisher states, NeverArrivedWatch neverArrived, ILogger<AgentSessions> logger)
    {
        (_options, _mqtt, _states, _neverArrived, _logger) = (options, mqtt.Value, states, neverArrived, logger);
        Control = Create(factory, "control", _mqtt.ReceiveMaximum, birth.NextWill, isControl: true);
        foreach (var (policy, cameras) in Policies())
        {
            var session = Create(factory, "frames-" + policy.ToString().ToLowerInvariant(), Window(policy, cameras.Count), will: null, isControl: false);
            _frames.Add((session, cameras.Count == 0
                ? [MqttTopics.CellFilter(identity.Asset, "frame")]
                : [.. cameras.Select(c => MqttTopics.Frame(new CameraPath(identity.Asset, c)))]));
        }
    }

    /// <summary>States, receipts, balances.</summary>
    public IMqttSession Control { get; }

    /// <summary>True while all connections are up.</summary>
    public bool IsConnected => Control.IsConnected && _frames.TrueForAll(f => f.Session.IsConnected);

    /// <summary>Faults when another agent has taken one of the sessions over.</summary>
    public Task TakenOver => _takenOver.Task;

    /// <summary>Connects, first for control: the birth precedes the first outcome.</summary>
    public async Task StartAsync(FrameIntake intake, BalanceRelay balances, ModelDelivery delivery, CancellationToken intakeToken, CancellationToken cancellationToken)
    {
        await Control.SubscribeAsync(balances.Filter, balances.HandleAsync, cancellationToken);
        if (delivery.IsOn)
        {
            await Control.SubscribeAsync(delivery.Filter, delivery.HandleAsync, cancellationToken);
        }

        await Control.StartAsync(cancellationToken);
        foreach (var (session, filters) in _frames)
        {
            foreach (var filter in filters)
            {
                await session.SubscribeAsync(filter, (delivery, _) => intake.HandleAsync(delivery, intakeToken), cancellationToken);
            }

            await session.StartAsync(cancellationToken);
        }

        Log.Connected(_logger, _mqtt.Host, _mqtt.Port, string.Join(", ", _frames.SelectMany(f => f.Filters)));
    }

    /// <summary>Closes the frames' connections; the broker keeps their sessions.</summary>
    public async Task StopFramesAsync()
    {
        foreach (var (session, _) in _frames)
        {
            await session.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopFramesAsync();
        await Control.DisposeAsync();
    }

    private List<(OverloadPolicy Policy, IReadOnlyList<string> Cameras)> Policies()
        => _options.Cameras.Count == 0
            ? [(_options.OverloadPolicy, [])]
            : [.. _options.Cameras
                .GroupBy(c => c.OverloadPolicy ?? _options.OverloadPolicy, c => c.Name)
                .OrderBy(g => g.Key)
                .Select(g => (g.Key, (IReadOnlyList<string>)[.. g]))];

    /// <summary>
    /// The window of a policy that skips must hold all its queues and what is being inspected: a smaller one would hold frames back before
    /// the policy sees them.
    /// </summary>
    private int Window(OverloadPolicy policy, int cameras)
    {
        var needed = policy == OverloadPolicy.Block
            ? 0
            : ((cameras == 0 ? UnnamedCameras : cameras) * _options.QueueCapacity) + (4 * _options.MaxBatch) + Environment.ProcessorCount;
        return Math.Clamp(Math.Max(_mqtt.ReceiveMaximum, needed), 1, ushort.MaxValue);
    }

    private IMqttSession Create(IMqttSessionFactory factory, string suffix, int window, Func<MqttOutgoing>? will, bool isControl)
    {
        MqttSessionOptions options = new()
        {
            Host = _mqtt.Host,
            Port = _mqtt.Port,
            ClientId = $"{_mqtt.ClientId}.{suffix}",
            Username = _mqtt.Username,
            Password = _mqtt.Password,
            UseTls = _mqtt.UseTls,
            CaFile = _mqtt.CaFile,
            CertificateFile = _mqtt.CertificateFile,
            KeyFile = _mqtt.KeyFile,
            ReceiveMaximum = window,
            CleanStart = _mqtt.CleanStart,
            SessionExpiry = _mqtt.SessionExpiry,
            KeepAlive = _mqtt.KeepAlive,
            MaximumPacketSize = _mqtt.MaximumPacketSize,
            MaximumReconnectDelay = _mqtt.MaximumReconnectDelay,
        };
        var session = factory.Create(options, will);
        session.StateChanged += change => Changed(options.ClientId, change, isControl);
        return session;
    }

    private void Changed(string clientId, MqttSessionEvent change, bool isControl)
    {
        switch (change.Kind)
        {
            case MqttSessionEventKind.Connected when isControl:
                _states.Connected();
                break;
            case MqttSessionEventKind.Connected:
                _neverArrived.RestartWaits();
                break;
            case MqttSessionEventKind.Disconnected:
                Log.Disconnected(_logger, clientId, change.Detail);
                break;
            case MqttSessionEventKind.SessionLost:
                Log.SessionLost(_logger, clientId);
                break;
            case MqttSessionEventKind.TakenOver:
                Log.TakenOver(_logger, clientId);
                _takenOver.TrySetException(new SessionTakenOverException(clientId));
                break;
        }
    }
}
