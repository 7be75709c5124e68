using System.Globalization;
using IMDD.Cli.Watch;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Options;

namespace IMDD.Cli.DeadLetters;

/// <summary>Where dead letters are put back; connections are made when the first letter needs them.</summary>
/// <param name="kafka">Bootstrap servers; null: those of the settings.</param>
/// <param name="mqtt"><c>host:port</c>; null: frames cannot be put back.</param>
/// <param name="time">Clock.</param>
internal sealed class ReplayTargets(string? kafka, string? mqtt, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FullQueuePause = TimeSpan.FromMilliseconds(20);

    private ServiceProvider? _services;
    private IKafkaPublisher? _publisher;
    private IMqttSession? _session;

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    /// <summary>Puts the letters back one by one, so that they keep their order.</summary>
    public async Task<ReplayResult> ReplayAsync(int found, IReadOnlyList<IDeadLetter> letters, CancellationToken cancellationToken)
    {
        List<string> failures = [];
        foreach (var letter in letters)
        {
            if (await letter.ReplayAsync(this, cancellationToken) is { } failure)
            {
                failures.Add($"{letter.Facts.Id}: {failure}");
            }
        }

        return new ReplayResult(found, letters.Count, letters.Count - failures.Count, failures);
    }

    /// <summary>Publishes a record; null, or why Kafka did not take it.</summary>
    public async Task<string?> PublishAsync(KafkaRecord record, CancellationToken cancellationToken)
    {
        _publisher ??= Services().GetRequiredService<IKafkaClientFactory>().CreatePublisher();
        TaskCompletionSource<PublishReport> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!_publisher.TryPublish(record, report => reported.TrySetResult(report)))
        {
            await Task.Delay(FullQueuePause, time, cancellationToken);
        }

        var report = await reported.Task.WaitAsync(cancellationToken);
        return report.Result == PublishResult.Persisted ? null : $"{record.Topic}: {report.Error}";
    }

    /// <summary>Sends a message; null, or why the broker did not take it.</summary>
    public async Task<string?> SendAsync(MqttOutgoing message, CancellationToken cancellationToken)
    {
        if (mqtt is null)
        {
            return "it is a frame: expected --mqtt host:port to send it to";
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            if (_session is null)
            {
                var services = Services();
                _session = services.GetRequiredService<IMqttSessionFactory>().Create(services.GetRequiredService<IOptions<MqttSessionOptions>>().Value);
                await _session.StartAsync(patience.Token);
            }

            await _session.PublishAsync(message, patience.Token);
            return null;
        }
        catch (MqttPublishRefusedException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{mqtt} has not taken it within {Patience.TotalSeconds:0} s";
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }

        _publisher?.Dispose();
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
    }

    private ServiceProvider Services()
    {
        if (_services is null)
        {
            (string Host, int Port)? broker = mqtt is null ? null : MqttWatch.Parse(mqtt);
            _services = WatchServices.Create(
            [
                KeyValuePair.Create("Kafka:BootstrapServers", kafka),
                KeyValuePair.Create("Mqtt:Host", broker?.Host),
                KeyValuePair.Create("Mqtt:Port", broker?.Port.ToString(CultureInfo.InvariantCulture)),
                KeyValuePair.Create("Mqtt:ClientId", (string?)$"imdd-replay-{Environment.ProcessId}"),
                KeyValuePair.Create("Mqtt:SessionExpiry", (string?)"00:00:00"),
            ]);
        }

        return _services;
    }
}
