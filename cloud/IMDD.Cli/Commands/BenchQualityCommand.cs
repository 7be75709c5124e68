using System.CommandLine;
using IMDD.Cli.Output;
using IMDD.Cli.Quality;
using IMDD.Hosting;
using IMDD.Inference.Bundles;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bench quality</c>: trains and measures what the quality table holds.</summary>
internal static class BenchQualityCommand
{
    public static Command Create()
    {
        Option<bool> resume = new("--resume") { Description = "Keep results that are there and make the others; an interrupted training goes on." };
        Option<bool> tableOnly = new("--table") { Description = "Make nothing; print the table of the results that are there, in Markdown." };
        Option<string?> rows = new("--rows") { Description = "Ids of the rows, a,b,…; all by default." };
        Option<string> seeds = new("--seeds") { Description = "Seeds, a,b,….", DefaultValueFactory = _ => "1,2,3" };
        Option<double> minutes = new("--minutes") { Description = "CPU-minutes of training per row and seed.", DefaultValueFactory = _ => 40 };
        Option<string> size = new("--size") { Description = "nano, small or base.", DefaultValueFactory = _ => "small" };
        size.AcceptOnlyFromAmong("nano", "small", "base");
        Option<DirectoryInfo?> from = new("--from") { Description = "A bundle that trainings start from, where their row allows it." };
        Option<DirectoryInfo?> root = new("--data-root") { Description = "The folder that the table's data sets are below." };
        Option<DirectoryInfo?> work = new("--work") { Description = "Keeps models and checkpoints; by default in the checkout's artifacts/quality." };
        Option<DirectoryInfo?> results = new("--results") { Description = "Holds a file per row and seed; by default infra/quality/rows of the checkout." };
        Option<FileInfo?> definition = new("--definition") { Description = "Another table than the shipped one." };
        Option<FileInfo?> trainer = new("--trainer") { Description = "The trainer's program; found beside this one by default." };
        var json = JsonOutput.CreateOption();
        Command command = new("quality", "Trains and measures what the quality table holds.")
        {
            resume, tableOnly, rows, seeds, minutes, size, from, root, work, results, definition, trainer, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var table = QualityTableFile.Read(parsed.GetValue(definition)?.FullName);
            QualityResults kept = new(parsed.GetValue(results)?.FullName ?? Checkout.ResultsFolder ?? throw Missing("--results"));
            if (parsed.GetValue(tableOnly))
            {
                await parsed.InvocationConfiguration.Output.WriteAsync(QualityMarkdown.Render(table, kept)).ConfigureAwait(false);
                return ExitCodes.Stopped;
            }

            QualityRequest request = new(
                Chosen(table, parsed.GetValue(rows)),
                SeedList.Parse(parsed.GetRequiredValue(seeds)),
                parsed.GetValue(minutes) is > 0 and var positive ? positive : throw Wrong("--minutes is not above 0."),
                parsed.GetRequiredValue(size),
                parsed.GetValue(from) is { } start ? Opened(start.FullName) : null,
                parsed.GetValue(work)?.FullName ?? (Checkout.Root is { } checkout ? Path.Combine(checkout, "artifacts", "quality") : throw Missing("--work")));
            if (!parsed.GetValue(resume) && request.Rows.Any(r => request.Seeds.Any(s => kept.Read(r.Id, s) is not null)))
            {
                throw Wrong("There are results of these rows and seeds: --resume keeps them and makes the others; remove a file to make it anew.");
            }

            Refuse(request, kept, (row, result) => result.Conditions?.Difference(request.ConditionsOf(row)), "otherwise", "give what it was made with", cancellation);
            var program = parsed.GetValue(trainer)?.FullName ?? TrainerProcess.Find() ?? throw Missing("--trainer");
            var progress = TextWriter.Synchronized(parsed.InvocationConfiguration.Error);
            DataRoot data = new(parsed.GetValue(root)?.FullName);
            Refuse(request, kept, new SplitCheck(data, progress).Difference, "from other pictures, labels or groups", "give another --results folder", cancellation);
            QualityBench bench = new(request, kept, data, new TrainerProcess(program, progress), Checkout.Commit(), progress);
            var outcome = await bench.RunAsync(cancellation).ConfigureAwait(false);
            Report(parsed, table with { Rows = request.Rows }, kept, outcome, parsed.GetValue(json));
            return outcome.Failed.Count == 0 ? ExitCodes.Stopped : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>Before anything is made: a table of results of which some were made otherwise would say nothing.</summary>
    /// <param name="request">What is to be made.</param>
    /// <param name="kept">What is there.</param>
    /// <param name="difference">How a result differs; null where it does not.</param>
    /// <param name="how">How those that do were made.</param>
    /// <param name="advice">What to do then.</param>
    /// <param name="cancellation">Between two results.</param>
    private static void Refuse(
        QualityRequest request, QualityResults kept, Func<QualityRow, QualityResult, string?> difference, string how, string advice, CancellationToken cancellation)
    {
        List<string> others = [];
        foreach (var row in request.Rows)
        {
            foreach (var seed in request.Seeds)
            {
                cancellation.ThrowIfCancellationRequested();
                if (kept.Read(row.Id, seed) is { } result && difference(row, result) is { } said)
                {
                    others.Add($"{row.Id}.seed{seed} was made {how} ({said})");
                }
            }
        }

        if (others.Count > 0)
        {
            throw Wrong($"{string.Join("; ", others)}: {advice}, or remove its file to make it anew.");
        }
    }

    private static (string Folder, string Digest) Opened(string folder)
    {
        try
        {
            return (folder, ModelBundle.Open(folder).Digest);
        }
        catch (ModelBundleException e)
        {
            throw Wrong($"--from: {e.Message}");
        }
    }

    private static void Report(ParseResult parsed, QualityTable table, QualityResults results, QualityOutcome outcome, bool json)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (!json)
        {
            output.Write(QualityMarkdown.Render(table, results));
            return;
        }

        List<FigureSummary> figures = [.. table.Rows.SelectMany(row => row.Figures.Select(f => FigureSummary.Of(row, f, results.OfRow(row.Id))))];
        JsonOutput.Write(output, new
        {
            outcome.Made,
            outcome.Kept,
            Failed = outcome.Failed.Select(f => new { Result = f.Key, Reason = f.Value }),
            Figures = figures,
            Missed = figures.Where(f => f.Verdict == "missed").Select(f => $"{f.Row}: {f.Label}"),
        });
    }

    private static IReadOnlyList<QualityRow> Chosen(QualityTable table, string? ids)
    {
        if (ids is null)
        {
            return table.Rows;
        }

        var wanted = ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return wanted.FirstOrDefault(id => table.Rows.All(r => r.Id != id)) is { } unknown
            ? throw Wrong($"'{unknown}' is not a row: expected one of {string.Join(", ", table.Rows.Select(r => r.Id))}.")
            : [.. table.Rows.Where(r => wanted.Contains(r.Id, StringComparer.Ordinal))];
    }

    private static CommandFailedException Wrong(string message) => new(message, ExitCodes.ConfigurationInvalid);

    private static CommandFailedException Missing(string option)
        => Wrong($"{option} is needed: there is no checkout around this program to find it in. `./imdd bench quality` builds and finds all it needs.");
}
