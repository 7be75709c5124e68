using System.Data.Common;
using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>The broker's side: wishes go out, retained; states and steps come in.</summary>
internal sealed class FleetLink(
    FleetStore fleet, RegistryIdentity identity, IMqttSessionFactory sessions, IOptions<MqttSessionOptions> mqtt, IOptions<RegistryOptions> options,
    TimeProvider time, ILogger<FleetLink> logger) : BackgroundService
{
    private const string FeedbackKind = "feedback";
    private const string StateKind = "state/agent";
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private IMqttSession? _session;

    /// <summary>True while connected to the broker.</summary>
    public bool IsConnected => _session?.IsConnected == true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var session = sessions.Create(mqtt.Value);
        _session = session;
        await session.SubscribeAsync(MqttTopics.AllFeedback, (delivery, _) => HandleAsync(delivery, FeedbackKind, stoppingToken), stoppingToken);
        await session.SubscribeAsync(MqttTopics.AllAgentStates, (delivery, _) => HandleAsync(delivery, StateKind, stoppingToken), stoppingToken);
        await session.StartAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var untold in await fleet.UntoldAsync(stoppingToken))
                {
                    await TellAsync(session, untold, stoppingToken);
                }
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
            {
                Log.PeriodicTaskFailed(logger, "telling agents", e.GetBaseException().Message);
            }

            await Task.Delay(options.Value.PublishPeriod, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(IMqttSession session, UntoldWish untold, CancellationToken cancellationToken)
    {
        var (asset, topic) = (untold.Agent.Asset, MqttTopics.Desired(untold.Agent.Asset, untold.Agent.Agent));
        try
        {
            // Nothing desired is an empty retained message: the broker forgets the wish.
            var message = untold.Message is { } wish
                ? MqttPublications.Desired(asset, wish, identity.Now()).ToOutgoing()
                : new MqttOutgoing { Topic = topic, Retain = true };
            await session.PublishAsync(message, cancellationToken);
            await fleet.ToldAsync(untold, cancellationToken);
        }
        catch (Exception e) when (e is MqttPublishRefusedException or ArgumentException or FormatException)
        {
            // What one agent cannot be told must not keep the others from being told.
            Log.PublicationRefused(logger, topic, e.Message);
        }
    }

    private async ValueTask HandleAsync(IMqttDelivery delivery, string kind, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        try
        {
            // A retained state that is empty has been deleted.
            if (MqttTopics.TryParseAgent(message.Topic, kind, out var asset, out var agent) && message.Payload.Length is > 0 and <= ImddJson.MaxEventBytes)
            {
                var said = MqttBinding.Read(message.UserProperties, message.ContentType, message.Payload.ToArray());
                AgentAddress address = new(asset!, agent);
                Func<Task> keep = kind == FeedbackKind
                    ? Keep(EventReader.Read<RolloutStep>(said, EventTypes.RolloutStepReported), step => fleet.StepAsync(address, step, said, cancellationToken))
                    : Keep(EventReader.Read<AgentState>(said, EventTypes.AgentStateChanged), state => fleet.StateAsync(address, state, said, cancellationToken));
                await PersistAsync(keep, cancellationToken);
            }
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException or FormatException)
        {
            Log.MessageMalformed(logger, message.Topic, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Not acknowledged: it comes again.
            return;
        }

        delivery.Acknowledge();
    }

    private static Func<Task> Keep<T>(T data, Func<T, Task> keep) => () => keep(data);

    /// <summary>What was said is kept before it is acknowledged, however long the database is away.</summary>
    private async Task PersistAsync(Func<Task> keep, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await keep();
                return;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
            {
                Log.PeriodicTaskFailed(logger, "keeping what an agent said", e.GetBaseException().Message);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }
}
