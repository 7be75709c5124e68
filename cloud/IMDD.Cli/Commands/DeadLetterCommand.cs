using System.CommandLine;
using System.Globalization;
using IMDD.Cli.DeadLetters;
using IMDD.Cli.Output;
using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd deadletter</c>: what was set aside, and putting it back.</summary>
internal static class DeadLetterCommand
{
    public static Command Create() => new("deadletter", "Lists and puts back what was set aside: the dead-letter topics, or an agent's folder.")
    {
        CreateList(),
        CreateReplay(),
    };

    private static Command CreateList()
    {
        Filters filters = new();
        var json = JsonOutput.CreateOption();
        Command command = new("list", "Lists dead letters, oldest first.");
        filters.AddTo(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var letters = filters.Selected(parsed, await filters.ReadAsync(parsed, cancellationToken));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(output, new { letters = letters.Select(letter => letter.Facts) });
                return ExitCodes.Stopped;
            }

            foreach (var facts in letters.Select(letter => letter.Facts))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{facts.Id}  {facts.Reason}  {facts.Origin}  {facts.SizeBytes} bytes  {facts.Detail}"));
            }

            return ExitCodes.Stopped;
        });
        return command;
    }

    private static Command CreateReplay()
    {
        Filters filters = new();
        Option<string[]> ids = new("--id") { Description = "Only those with this id (as list shows it); may be repeated." };
        Option<bool> all = new("--all") { Description = "All there are." };
        Option<string?> mqtt = new("--mqtt") { Description = "Broker for frames out of a folder.", HelpName = "host:port" };
        Option<bool> dryRun = new("--dry-run") { Description = "Say what would be put back, and do nothing." };
        var json = JsonOutput.CreateOption();
        Command command = new(
            "replay",
            "Puts dead letters back where they came from. A record goes to its topic again; consumers know it by its id, so that twice is harmless. "
            + "A frame has its outcome already: it is inspected again as a test frame (simulated) under an id of its own, which enters no statistics.");
        filters.AddTo(command);
        foreach (var option in (Option[])[ids, all, mqtt, dryRun, json])
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(ids) is not { Length: > 0 } && result.GetValue(filters.Reason) is null && !result.GetValue(all))
            {
                result.AddError("say what to put back: --id, --reason or --all");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var found = await filters.ReadAsync(parsed, cancellationToken);
            var wanted = parsed.GetValue(ids) ?? [];
            var selected = filters.Selected(parsed, found).Where(letter => wanted.Length == 0 || wanted.Contains(letter.Facts.Id, StringComparer.Ordinal)).ToList();
            ReplayResult result = new(found.Count, selected.Count, 0, []);
            if (!parsed.GetValue(dryRun))
            {
                await using ReplayTargets targets = new(parsed.GetValue(filters.Kafka), parsed.GetValue(mqtt), TimeProvider.System);
                result = await targets.ReplayAsync(found.Count, selected, cancellationToken);
            }

            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(output, result);
            }
            else
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Found} found, {result.Selected} selected, {result.Replayed} put back"));
                foreach (var failure in result.Failures)
                {
                    output.WriteLine($"not put back: {failure}");
                }
            }

            return result.Failures.Count == 0 && wanted.Length <= selected.Count ? ExitCodes.Stopped : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>The options that both verbs have.</summary>
    private sealed class Filters
    {
        private readonly Option<DirectoryInfo?> _folder = new("--folder") { Description = "An agent's dead-letter folder instead of Kafka's topics." };

        public Option<string?> Kafka { get; } = new("--kafka") { Description = "Bootstrap servers.", HelpName = "host:port,…" };

        public Option<string?> Reason { get; } = new("--reason") { Description = "Only those set aside for this reason." };

        public void AddTo(Command command)
        {
            command.Add(Kafka);
            command.Add(_folder);
            command.Add(Reason);
        }

        public Task<IReadOnlyList<IDeadLetter>> ReadAsync(ParseResult parsed, CancellationToken cancellationToken) => parsed.GetValue(_folder) is { } folder
            ? Task.FromResult(FolderLetter.ReadAll(folder.FullName))
            : Task.Run(() => TopicLetter.ReadAll(parsed.GetValue(Kafka), cancellationToken), cancellationToken);

        public List<IDeadLetter> Selected(ParseResult parsed, IReadOnlyList<IDeadLetter> letters)
            => [.. letters.Where(letter => parsed.GetValue(Reason) is not { } reason || letter.Facts.Reason == reason)];
    }
}
