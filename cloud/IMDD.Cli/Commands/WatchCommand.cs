using System.CommandLine;
using IMDD.Cli.Watch;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd watch</c>: prints topics decoded.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        Argument<string[]> topics = new("topic")
        {
            Description = "Kafka topics, or words of our topics' names (outcome, defect, minute, …); with --mqtt topic filters. All of ours by default.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> kafka = new("--kafka") { Description = "Bootstrap servers.", HelpName = "host:port,…", DefaultValueFactory = _ => null };
        Option<string?> mqtt = new("--mqtt") { Description = "Watch this MQTT broker instead of Kafka.", HelpName = "host:port" };
        Option<bool> fromBeginning = new("--from-beginning") { Description = "Start with the oldest record there is, not with the next." };
        Option<long> count = new("--count") { Description = "Stop after so many.", DefaultValueFactory = _ => long.MaxValue };
        Option<bool> json = new("--json") { Description = "One JSON object per line." };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1)
            {
                result.AddError("--count must be at least 1");
            }
        });
        Command command = new("watch", "Prints events as they come, decoded: CloudEvents attributes and data. Malformed ones are shown with the reason.")
        {
            topics, kafka, mqtt, fromBeginning, count, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(mqtt) is not null && (result.GetValue(kafka) is not null || result.GetValue(fromBeginning)))
            {
                result.AddError("--mqtt goes with neither --kafka nor --from-beginning");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var asJson = parsed.GetValue(json);
            var words = parsed.GetValue(topics) ?? [];
            try
            {
                await (parsed.GetValue(mqtt) is { } broker
                    ? MqttWatch.RunAsync(broker, words, parsed.GetValue(count), Show, cancellationToken)
                    : KafkaWatch.RunAsync(
                        parsed.GetValue(kafka), KafkaWatch.TopicsOf(words), parsed.GetValue(fromBeginning), parsed.GetValue(count), Show, cancellationToken));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl-C is how a watch ends.
            }

            return 0;

            void Show(WatchedMessage message)
            {
                output.WriteLine(asJson ? message.ToJson() : message.ToText());
                output.Flush();
            }
        });
        return command;
    }
}
