using System.Globalization;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Options;

namespace IMDD.Cli.Watch;

/// <summary>Subscribes to MQTT topics in a session of its own that ends with it.</summary>
internal static class MqttWatch
{
    /// <summary>Shows publications until there were <paramref name="count"/>, or the token fires.</summary>
    /// <param name="server"><c>host:port</c>.</param>
    /// <param name="filters">Topic filters; all of ours for none.</param>
    /// <param name="count">How many.</param>
    /// <param name="show">Called one at a time.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="CommandFailedException">The server is not <c>host:port</c>.</exception>
    public static async Task RunAsync(
        string server, IReadOnlyList<string> filters, long count, Action<WatchedMessage> show, CancellationToken cancellationToken)
    {
        var (host, port) = Parse(server);
        await using var services = WatchServices.Create(
        [
            KeyValuePair.Create("Mqtt:Host", (string?)host),
            KeyValuePair.Create("Mqtt:Port", (string?)port.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("Mqtt:ClientId", (string?)$"imdd-watch-{Environment.ProcessId}"),
            KeyValuePair.Create("Mqtt:SessionExpiry", (string?)"00:00:00"),
        ]);
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var shown = 0L;
        var session = services.GetRequiredService<IMqttSessionFactory>().Create(services.GetRequiredService<IOptions<MqttSessionOptions>>().Value);
        await using (session.ConfigureAwait(false))
        {
            foreach (var filter in filters.DefaultIfEmpty($"{MqttTopics.Root}/#"))
            {
                await session.SubscribeAsync(filter, Handle, cancellationToken).ConfigureAwait(false);
            }

            await session.StartAsync(cancellationToken).ConfigureAwait(false);
            await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        ValueTask Handle(IMqttDelivery delivery, CancellationToken stopping)
        {
            if (shown < count)
            {
                show(WatchedMessage.From(delivery.Message));
                shown++;
            }

            delivery.Acknowledge();
            if (shown >= count)
            {
                done.TrySetResult();
            }

            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Takes <c>host:port</c> apart.</summary>
    /// <exception cref="CommandFailedException">It is something else.</exception>
    internal static (string Host, int Port) Parse(string server)
    {
        var colon = server.LastIndexOf(':');
        return colon > 0 && int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? (server[..colon], port)
            : throw new CommandFailedException($"--mqtt must be host:port, not '{server}'");
    }
}
