using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using IMDD.Messaging.Telemetry;
using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Kafka;

/// <summary>The idempotent producer over librdkafka.</summary>
internal sealed class KafkaPublisher : IKafkaPublisher
{
    private static readonly TimeSpan FlushSlice = TimeSpan.FromMilliseconds(100);
    private readonly ProducerConfig _configuration;
    private readonly ILogger _logger;
    private readonly ClientErrorLog _errors;
    private readonly Lock _lock = new();
    private IProducer<byte[], byte[]?> _producer;
    private bool _failed;
    private bool _disposed;
    private long _outstanding;

    public KafkaPublisher(KafkaOptions options, TimeProvider time, ILogger logger)
    {
        _errors = new ClientErrorLog("producer", time, logger);
        _configuration = KafkaClientConfiguration.Producer(options);
        _logger = logger;
        _producer = Build();
    }

    /// <inheritdoc/>
    public bool TryPublish(KafkaRecord record, Action<PublishReport> onReport)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(onReport);
        ArgumentException.ThrowIfNullOrEmpty(record.Topic);
        var span = MessagingTelemetry.StartSend(record);
        var started = Stopwatch.GetTimestamp();
        var message = new Message<byte[], byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(record.Key),
            Value = KafkaBytes.ToArray(record.Value),
            Headers = KafkaBytes.ToHeaders(span?.Id is { } hop ? MessageTrace.WithHop(record.Headers, hop) : record.Headers),
            Timestamp = new Timestamp(record.Timestamp),
        };

        Interlocked.Increment(ref _outstanding);
        try
        {
            Producer().Produce(record.Topic, message, report => Done(report.Error, report.Partition, report.Offset));
            return true;
        }
        catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
        {
            Interlocked.Decrement(ref _outstanding);
            span?.SetStatus(ActivityStatusCode.Error, "The local queue is full.").Stop();
            return false;
        }
        catch (KafkaException exception)
        {
            // Refused before it was queued. Reported as any other, never on the caller's thread, who may hold a lock.
            if (exception.Error.Code == ErrorCode.Local_Fatal || exception.Error.IsFatal)
            {
                Fail(exception.Error);
            }

            ThreadPool.QueueUserWorkItem(_ => Done(exception.Error, Partition.Any, Offset.Unset));
            return true;
        }
        catch
        {
            Interlocked.Decrement(ref _outstanding);
            throw;
        }

        void Done(Error error, Partition partition, Offset offset)
        {
            MessagingTelemetry.SendDone(MessageDestination.Kafka(record.Topic), started, error.IsError ? PublishErrors.NameOf(error.Code) : null, span);
            Complete(error, partition, offset, onReport);
        }
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (Interlocked.Read(ref _outstanding) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var producer = Producer();
            await Task.Run(() => producer.Flush(FlushSlice), cancellationToken);
        }
    }

    /// <summary>Closes the client. What has no report yet never gets one: flush first.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _disposed = true;
                _producer.Dispose();
            }
        }
    }

    private IProducer<byte[], byte[]?> Producer()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failed)
            {
                // librdkafka has failed, and reported, everything it held; its disposal waits for that on another thread.
                var old = _producer;
                _producer = Build();
                _failed = false;
                _ = Task.Run(() =>
                {
                    old.Flush(TimeSpan.FromSeconds(10));
                    old.Dispose();
                });
            }

            return _producer;
        }
    }

    private IProducer<byte[], byte[]?> Build() => new ProducerBuilder<byte[], byte[]?>(_configuration)
        .SetErrorHandler((producer, error) => OnError(producer, error))
        .SetLogHandler((_, log) => _logger.ClientLog("producer", log.Facility, log.Message))
        .Build();

    private void OnError(IProducer<byte[], byte[]?> producer, Error error)
    {
        if (!error.IsFatal)
        {
            _errors.Report(error);
            return;
        }

        lock (_lock)
        {
            if (ReferenceEquals(producer, _producer))
            {
                Fail(error);
            }
        }
    }

    private void Fail(Error error)
    {
        lock (_lock)
        {
            if (!_failed)
            {
                _failed = true;
                _logger.ProducerReplaced(error.Code.ToString(), error.Reason);
            }
        }
    }

    private void Complete(Error error, Partition partition, Offset offset, Action<PublishReport> onReport)
    {
        try
        {
            var result = PublishErrors.Classify(error.Code);
            onReport(result == PublishResult.Persisted
                ? new PublishReport(result, partition.Value, offset.Value, "")
                : new PublishReport(result, -1, -1, PublishErrors.NameOf(error.Code)));
        }
        catch (Exception exception)
        {
            _logger.ReportFailed(exception);
        }
        finally
        {
            Interlocked.Decrement(ref _outstanding);
        }
    }
}
