using System.Text;
using System.Text.Json;
using Confluent.Kafka;

var config = new ConsumerConfig
{
    BootstrapServers = args.Length > 0 ? args[0] : "localhost:9092",
    GroupId = "my-dashboard",
    AutoOffsetReset = AutoOffsetReset.Earliest,
    EnableAutoCommit = false,
};
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
consumer.Subscribe("imdd.inspection.outcome.v1");
var seen = new HashSet<string>(StringComparer.Ordinal);
try
{
    while (true)
    {
        var message = consumer.Consume(stop.Token).Message;
        var headers = message.Headers.ToLookup(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes() ?? []), StringComparer.Ordinal);
        if (headers["ce_type"].FirstOrDefault() != "io.imdd.inspection.outcome.v1" || !seen.Add(headers["ce_id"].First()))
        {
            continue;
        }

        using var outcome = JsonDocument.Parse(message.Value);
        var verdict = outcome.RootElement.GetProperty("verdict").GetString();
        var reason = outcome.RootElement.TryGetProperty("reason", out var word) ? word.GetString() : "";
        Console.WriteLine($"{headers["ce_time"].First()} {message.Key} {verdict} {reason}");
    }
}
catch (OperationCanceledException)
{
    consumer.Close();
}
