using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using IMDD.Contracts.Topics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IMDD.Messaging.Kafka;

/// <summary>Creates missing topics in the background. Tolerant: where an administrator creates topics, ours may well be refused.</summary>
internal sealed class KafkaTopicCreator(IOptions<KafkaOptions> options, TimeProvider time, ILogger<KafkaTopicCreator> logger) : BackgroundService
{
    private const int Attempts = 3;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.CreateTopics)
        {
            return;
        }

        for (var attempt = 1; attempt <= Attempts && !await TryCreateAsync(); attempt++)
        {
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private static TopicSpecification Specification(KafkaTopicSpecification topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = -1, // the broker's default
        Configs = new Dictionary<string, string>
        {
            ["cleanup.policy"] = (topic.Compacted, topic.Retention) switch
            {
                (true, null) => "compact",
                (true, _) => "compact,delete",
                _ => "delete",
            },
            ["retention.ms"] = topic.Retention is { } retention
                ? ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)
                : "-1",
        },
    };

    /// <summary>False where it may be worth trying again.</summary>
    private async Task<bool> TryCreateAsync()
    {
        using var admin = new AdminClientBuilder(KafkaClientConfiguration.Admin(options.Value))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, log) => logger.ClientLog("admin", log.Facility, log.Message))
            .Build();
        try
        {
            await admin.CreateTopicsAsync(
                KafkaTopics.All.Select(Specification), new CreateTopicsOptions { RequestTimeout = RequestTimeout, OperationTimeout = RequestTimeout });
            logger.TopicsCreated(string.Join(", ", KafkaTopics.All.Select(t => t.Name)));
            return true;
        }
        catch (CreateTopicsException exception)
        {
            var created = exception.Results.Where(r => !r.Error.IsError).Select(r => r.Topic).ToList();
            var refused = exception.Results.Where(r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists).ToList();
            if (created.Count > 0)
            {
                logger.TopicsCreated(string.Join(", ", created));
            }

            if (refused.Count > 0)
            {
                logger.TopicsNotCreated(string.Join("; ", refused.Select(r => $"{r.Topic}: {r.Error.Reason}")));
            }

            return true;
        }
        catch (KafkaException exception)
        {
            logger.TopicsNotCreated(exception.Error.Reason);
            return false;
        }
    }
}
