using System.CommandLine;
using System.Globalization;
using System.Net;
using IMDD.Cli.Demo;
using IMDD.Cli.Learn;
using IMDD.Cli.Output;
using Spectre.Console;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd demo</c>: the whole pipeline on this machine.</summary>
internal static class DemoCommand
{
    private const int MaxCameras = 64;
    private const double MaxFramesPerSecond = 10_000;

    public static Command Create()
    {
        Option<long?> frames = new("--frames") { Description = "Stop by itself after this many frames of all cameras together." };
        Option<double> rate = new("--fps") { Description = "Frames per second of all cameras together.", DefaultValueFactory = _ => 20 };
        Option<int> cameras = new("--cameras") { Description = "Number of cameras; each looks at another surface.", DefaultValueFactory = _ => 4 };
        Option<string?> data = new("--data") { Description = "Folder of real images to show to the cameras, instead of synthetic surfaces." };
        Option<string?> bundle = new("--bundle")
        {
            Description = "The model's bundle: a folder, or the name of one that comes with the agent (surfaces, the default; contrast, for a cold start).",
        };
        Option<int> seed = new("--seed") { Description = "Seed of the synthetic surfaces.", DefaultValueFactory = _ => 1 };
        Option<bool> keep = new("--keep") { Description = "Stay up after the last frame, until Ctrl-C." };
        Option<string?> state = new("--state") { Description = "Keep all data in this folder, which must not exist or be empty." };
        Option<bool> learn = new("--learn")
        {
            Description = "The learning loop instead: a kind of defect that no model has seen turns up after a minute, and every line comes to catch it.",
        };
        Option<bool> word = new("--word") { Description = "With --learn: by its name and a sentence, or these and five regions, without new weights." };
        Option<int> mqtt = Port("--mqtt-port", 1883, "MQTT");
        Option<int> kafka = Port("--kafka-port", 9092, "Kafka");
        Option<int> page = Port("--page-port", 5080, "the page");
        var json = JsonOutput.CreateOption();
        Check(frames, value => value is null or >= 1, "must be at least 1");
        Check(rate, value => value is > 0 and <= MaxFramesPerSecond, $"must be above 0 and at most {MaxFramesPerSecond}");
        Check(cameras, value => value is >= 1 and <= MaxCameras, $"must be 1 to {MaxCameras}");
        Check(bundle, folder => folder is null || ShippedBundle(folder) is not null || Directory.Exists(folder), "must name a folder that exists, surfaces or contrast");
        Check(data, folder => folder is null || Directory.Exists(folder), "must name a folder that exists");

        Command command = new("demo", "Runs the whole pipeline on this machine, from cameras to the page, and proves that no frame is lost.")
        {
            frames, rate, cameras, data, bundle, seed, keep, learn, word, state, mqtt, kafka, page, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(learn))
            {
                foreach (var option in ((Option[])[frames, rate, cameras, data]).Where(option => result.GetResult(option) is { Implicit: false }))
                {
                    result.AddError($"{option.Name} cannot be given with --learn: its lines and their rate are fixed, so that runs can be compared.");
                }
            }
            else if (result.GetValue(word))
            {
                result.AddError("--word needs --learn.");
            }
        });
        command.SetAction((parsed, cancellation) => parsed.GetValue(learn) ? LearnAsync(parsed, cancellation) : RunAsync(
            parsed,
            new DemoSettings(
                parsed.GetValue(frames),
                parsed.GetValue(rate),
                parsed.GetValue(cameras),
                parsed.GetValue(data) is { } folder ? Path.GetFullPath(folder) : null,
                parsed.GetValue(bundle) is { } model ? ShippedBundle(model) ?? Path.GetFullPath(model) : null,
                parsed.GetValue(seed),
                parsed.GetValue(keep),
                parsed.GetValue(state) is { } directory ? Path.GetFullPath(directory) : null,
                parsed.GetValue(mqtt),
                parsed.GetValue(kafka),
                parsed.GetValue(page)),
            parsed.GetValue(json),
            cancellation));
        return command;

        Task<int> LearnAsync(ParseResult parsed, CancellationToken cancellation) => DemoCommand.LearnAsync(
            parsed,
            new LearnSettings(
                parsed.GetValue(seed),
                parsed.GetValue(word),
                parsed.GetValue(bundle) is { } model ? ShippedBundle(model) ?? Path.GetFullPath(model) : ShippedBundle(DemoPlant.DefaultBundle)!,
                parsed.GetValue(keep),
                parsed.GetValue(state) is { } directory ? Path.GetFullPath(directory) : null,
                parsed.GetValue(mqtt),
                parsed.GetValue(kafka),
                parsed.GetValue(page)),
            parsed.GetValue(json),
            cancellation);
    }

    private static async Task<int> LearnAsync(ParseResult parsed, LearnSettings settings, bool json, CancellationToken cancellation)
    {
        var configuration = parsed.InvocationConfiguration;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(configuration.Error) });
        return await new LearnRun(settings, console, TimeProvider.System).RunAsync(Write, cancellation);

        void Write(LearnResult result)
        {
            if (json)
            {
                JsonOutput.Write(configuration.Output, result);
            }
            else
            {
                LearnReport.Write(configuration.Output, result);
            }
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, DemoSettings settings, bool json, CancellationToken cancellation)
    {
        var configuration = parsed.InvocationConfiguration;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(configuration.Error) });
        return await new DemoRun(settings, console, TimeProvider.System).RunAsync(Write, cancellation);

        void Write(DemoResult result)
        {
            if (json)
            {
                JsonOutput.Write(configuration.Output, result);
            }
            else
            {
                DemoReport.Write(configuration.Output, result);
            }
        }
    }

    /// <summary>The folder of a bundle that comes with the agent; null for any other name.</summary>
    internal static string? ShippedBundle(string name)
        => name is DemoPlant.ColdStartBundle or DemoPlant.DefaultBundle ? Path.Combine(AppContext.BaseDirectory, "bundles", name) : null;

    private static Option<int> Port(string name, int wanted, string what)
    {
        Option<int> option = new(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Port for {what}; the next free one if it is taken."),
            DefaultValueFactory = _ => wanted,
        };
        Check(option, value => value is >= 1 and <= IPEndPoint.MaxPort, "must be 1 to 65535");
        return option;
    }

    private static void Check<T>(Option<T> option, Func<T?, bool> holds, string expected) => option.Validators.Add(result =>
    {
        T? value;
        try
        {
            value = result.GetValueOrDefault<T>();
        }
        catch (InvalidOperationException)
        {
            // Not a value of this type at all: the parser says so itself.
            return;
        }

        if (!holds(value))
        {
            result.AddError($"{option.Name} {expected}, not '{string.Join(' ', result.Tokens.Select(token => token.Value))}'.");
        }
    });
}
