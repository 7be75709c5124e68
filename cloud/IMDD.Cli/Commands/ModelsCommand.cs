using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IMDD.Cli.Models;
using IMDD.Cli.Output;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd models</c>: the registry from the command line.</summary>
internal static class ModelsCommand
{
    internal const string RegistryOption = "--registry";

    public static Command Create() => new("models", "Releases of models: what there is, what the fleet runs.")
    {
        Registry(),
        List(),
        Show(),
        Register(),
        Promote(),
        Block(),
        Rollback(),
        Agents(),
        ModelsWordCommand.Create(),
        ModelsLineageCommand.Create(),
        ModelsAuditCommand.Create(),
        ModelsRolloutCommand.Create(),
        RolloutVerbs.List("rollouts"),
    };

    /// <summary>The registry that a command and all of its verbs ask.</summary>
    internal static Option<Uri> Registry() => new(RegistryOption)
    {
        Description = "Address of the registry.",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:5084"),
        CustomParser = Address,
        Recursive = true,
    };

    internal static Uri? Address(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        result.AddError($"{RegistryOption} is '{result.Tokens[0].Value}': expected an address such as http://127.0.0.1:5084.");
        return null;
    }

    private static Command List() => Verb("list", "Lists models and what their aliases point to.", [], async (parsed, client, cancellationToken) =>
    {
        var models = await client.ModelsAsync(cancellationToken);
        return (new { Models = models }, models.Select(model =>
            $"{model.Name}  {model.Versions.Count} releases  {string.Join("  ", model.Aliases.Select(alias => $"{alias.Key} {Short(alias.Value)}"))}"));
    });

    private static Command Show()
    {
        Argument<string> name = Name();
        return Verb("show", "Shows a model's releases, the newest first.", [name], async (parsed, client, cancellationToken) =>
        {
            var model = await client.ModelAsync(parsed.GetRequiredValue(name), cancellationToken);
            return (model, model.Versions.Select(version => string.Create(
                CultureInfo.InvariantCulture,
                $"{version.Model.ReleaseCounter,4}  {version.Model.Version,-12}  {version.Model.Digest}  {version.RegisteredAt:yyyy-MM-dd HH:mm}  {string.Join(",", version.Aliases)}")));
        });
    }

    private static Command Register()
    {
        Option<DirectoryInfo> bundle = new("--bundle") { Description = "The bundle's folder.", Required = true };
        Option<string?> name = new("--name") { Description = "The model that it is a release of; by default what the bundle's manifest says." };
        Option<string?> by = new("--by") { Description = "Who asks for it." };
        Option<long?> token = new("--fencing-token") { Description = "Token of the trainer's lease on this model." };
        return Verb("register", "Stores a bundle's files and registers it as a signed release.", [bundle, name, by, token], async (parsed, client, cancellationToken) =>
        {
            var version = await client.RegisterAsync(
                parsed.GetRequiredValue(bundle).FullName, parsed.GetValue(name), parsed.GetValue(by), parsed.GetValue(token), [], cancellationToken);
            return (version, [$"{version.Model.Name} {version.Model.Version} is release {version.Model.ReleaseCounter}, {version.Model.Digest}"]);
        });
    }

    private static Command Promote()
    {
        Argument<string> name = Name();
        Argument<string> digest = Digest();
        Option<string[]> agents = new("--agent") { Description = $"Agent that is to try it, {AgentAddress.Expected}; several times. None: all, and it becomes the champion." };
        Option<bool> unknown = New();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return Verb("promote", "Lets agents run a release: all of them, or some to try it.", [name, digest, agents, unknown, by, reason], async (parsed, client, cancellationToken) =>
        {
            PromoteModel request = new()
            {
                Digest = await client.DigestAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(digest), cancellationToken),
                Agents = parsed.GetValue(agents) ?? [],
                AllowUnknown = parsed.GetValue(unknown),
                By = parsed.GetValue(by),
                Reason = parsed.GetValue(reason),
            };
            return Told(await client.PromoteAsync(parsed.GetRequiredValue(name), request, cancellationToken));
        });
    }

    private static Command Block()
    {
        Argument<string> name = Name();
        Argument<string> digest = Digest();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return Verb("block", "Lets a release be run nowhere from now on.", [name, digest, by, reason], async (parsed, client, cancellationToken) =>
        {
            BlockModel request = new()
            {
                Digest = await client.DigestAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(digest), cancellationToken),
                By = parsed.GetValue(by),
                Reason = parsed.GetValue(reason),
            };
            var version = await client.BlockAsync(parsed.GetRequiredValue(name), request, cancellationToken);
            return (version, [$"{version.Model.Digest} is blocked: {version.BlockedReason}"]);
        });
    }

    private static Command Rollback()
    {
        Argument<string> name = Name();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return Verb("rollback", "Runs the champion before the present one again, as a new release.", [name, by, reason], async (parsed, client, cancellationToken) =>
            Told(await client.RollbackAsync(
                parsed.GetRequiredValue(name), new RollbackModel { By = parsed.GetValue(by), Reason = parsed.GetValue(reason) }, cancellationToken)));
    }

    private static Command Agents() => Verb("agents", "Lists agents, what is desired of them and how far they are.", [], async (parsed, client, cancellationToken) =>
    {
        var agents = await client.AgentsAsync(cancellationToken);
        return (new { Agents = agents }, agents.Select(agent => string.Join(
            "  ",
            agent.Group is null ? $"{agent.Asset}/{agent.Agent}" : $"{agent.Asset}/{agent.Agent}:{agent.Group}",
            agent.GoneAt is { } gone ? string.Create(CultureInfo.InvariantCulture, $"no such group since {gone:yyyy-MM-dd HH:mm}") : agent.State?.State ?? "never heard of",
            agent.State?.Model is { } model ? $"runs {model.Name} {model.Version} {Short(model.Digest)} from {model.Slot}" : $"runs nothing {agent.State?.ModelFault}".TrimEnd(),
            agent.State?.RecipeDigest is { } recipe ? $"recipe {Short(recipe)}" : "recipe not said",
            agent.Desired is { } desired ? $"desired {desired.Version} {Short(desired.Digest)}: {agent.Step?.Step ?? "not heard of"} {agent.Step?.ReasonCode}" : "nothing desired",
            agent.ConfiguredRecipe && agent.State?.RecipeCounter is not null ? $"recipe of its configuration desired: {agent.Step?.Step ?? "not heard of"} {agent.Step?.ReasonCode}" : "",
            agent.RecipeDigest is { } assigned && assigned != agent.State?.RecipeDigest ? $"recipe desired {Short(assigned)}: {agent.Step?.Step ?? "not heard of"} {agent.Step?.ReasonCode}" : "").TrimEnd()));
    });

    private static (object Result, IEnumerable<string> Lines) Told(RolloutView rollout)
        => (rollout, [$"{rollout.Alias} of {rollout.Model.Name} is {rollout.Model.Version} {rollout.Model.Digest}; {rollout.Agents.Count} agents are told under {rollout.RolloutId}"]);

    internal static Argument<string> Name() => new("name") { Description = "The model's name." };

    internal static Argument<string> Digest() => new("digest") { Description = "The release's digest, its first letters, or its release counter." };

    /// <summary>Whether agents that were never heard of are meant.</summary>
    internal static Option<bool> New() => new("--new") { Description = "Agents that were never heard of are meant too; without it they are taken for a slip." };

    internal static string Short(string digest) => digest.Length > 19 ? digest[..19] : digest;

    /// <summary>A verb that asks the registry and says what it has answered.</summary>
    internal static Command Verb(
        string name, string description, IReadOnlyList<Symbol> symbols,
        Func<ParseResult, RegistryApi, CancellationToken, Task<(object Result, IEnumerable<string> Lines)>> run)
    {
        var json = JsonOutput.CreateOption();
        Command command = new(name, description) { json };
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    command.Add(option);
                    break;
                case Argument argument:
                    command.Add(argument);
                    break;
            }
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            using RegistryApi client = new(parsed.GetRequiredValue<Uri>(RegistryOption));
            var (result, lines) = await run(parsed, client, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(output, result);
                return ExitCodes.Stopped;
            }

            foreach (var line in lines)
            {
                await output.WriteLineAsync(line);
            }

            return ExitCodes.Stopped;
        });
        return command;
    }
}
