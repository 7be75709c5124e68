using System.CommandLine;
using System.Globalization;
using IMDD.Cli.Audit;
using IMDD.Cli.Models;
using IMDD.Cli.Output;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Review;
using IMDD.Contracts.Training;
using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd models audit</c>: who did what, and whether that was changed since.</summary>
internal static class ModelsAuditCommand
{
    private const int PageSize = 1000;

    public static Command Create()
    {
        Option<Uri?> curator = new("--curator") { Description = "Address of a curator, whose log of verdicts is shown in place of the registry's.", CustomParser = ModelsCommand.Address };
        Option<Uri?> trainer = new("--trainer") { Description = "Address of a trainer, whose log of runs is shown in place of the registry's.", CustomParser = ModelsCommand.Address };
        Option<bool> verify = new("--verify") { Description = "Follow the whole chain of hashes; fails where an entry was changed or removed." };
        Option<int> last = new("--last") { Description = "Entries that are shown.", DefaultValueFactory = _ => 20 };
        last.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > PageSize)
            {
                result.AddError($"--last: expected 1 to {PageSize}.");
            }
        });
        var json = JsonOutput.CreateOption();
        Command command = new("audit", "Shows who did what to releases, rollouts and keys, or said what of frames, or had what trained.") { curator, trainer, verify, last, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(curator) is not null && result.GetResult(trainer) is not null)
            {
                result.AddError("--curator and --trainer: expected one of them.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (address, route) = parsed.GetValue(curator) is { } ofWords ? (ofWords, ReviewRoutes.Audit)
                : parsed.GetValue(trainer) is { } ofRuns ? (ofRuns, TrainingRoutes.Audit)
                : (parsed.GetRequiredValue<Uri>(ModelsCommand.RegistryOption), RegistryRoutes.Audit);
            using RegistryApi client = new(address);
            var head = await client.AuditAsync(route, long.MaxValue, 1, cancellationToken);
            var page = await client.AuditAsync(route, Math.Max(0, head.HeadSequence - parsed.GetValue(last)), parsed.GetValue(last), cancellationToken);
            var check = parsed.GetValue(verify) ? await FollowAsync(client, route, cancellationToken) : null;
            Say(parsed.InvocationConfiguration.Output, parsed.GetValue(json), page, check);
            return check?.Fault is { } fault ? throw new CommandFailedException($"The audit log was changed: {fault}") : ExitCodes.Stopped;
        });
        return command;
    }

    private static async Task<AuditCheck> FollowAsync(RegistryApi client, string route, CancellationToken cancellationToken)
    {
        AuditCheck check = new();
        while (true)
        {
            var page = await client.AuditAsync(route, check.Sequence, PageSize, cancellationToken);
            check.Take(page.Entries);
            if (check.Fault is not null || page.Entries.Count < PageSize)
            {
                check.End(page);
                return check;
            }
        }
    }

    private static void Say(TextWriter output, bool json, AuditPage page, AuditCheck? check)
    {
        if (json)
        {
            JsonOutput.Write(output, new { page.Entries, page.HeadSequence, page.HeadHash, Verified = check is null ? (bool?)null : check.Fault is null, check?.Fault });
            return;
        }

        foreach (var entry in page.Entries)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.Sequence,6}  {entry.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {(entry.Actor.Length > 0 ? entry.Actor : "(nobody named)")}  {entry.Action} {entry.Object}  {entry.Outcome}  {entry.Detail}").TrimEnd());
        }

        if (check is { Fault: null })
        {
            output.WriteLine($"{check.Sequence} entries follow from each other; the head is {page.HeadHash}");
        }
    }
}
