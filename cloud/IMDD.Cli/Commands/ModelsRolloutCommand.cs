using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IMDD.Cli.Models;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd models rollout</c>: releases given out wave by wave.</summary>
internal static class ModelsRolloutCommand
{
    public static Command Create() => new("rollout", "Gives releases out wave by wave.")
    {
        Start(),
        List("list"),
        Show(),
        Decide("approve", "Lets the next wave begin, where it waits for a person.", RegistryRoutes.ApproveRollout),
        Decide("pause", "Lets no further wave begin.", RegistryRoutes.PauseRollout),
        Decide("resume", "Lets a paused rollout go on.", RegistryRoutes.ResumeRollout),
        Decide("cancel", "Takes a rollout back as far as no agent decides by it yet.", RegistryRoutes.CancelRollout),
        Stop(),
    };

    /// <summary>All rollouts.</summary>
    public static Command List(string name) => ModelsCommand.Verb(name, "Lists rollouts, the newest first.", [], async (_, client, cancellationToken) =>
    {
        var rollouts = await client.RolloutsAsync(cancellationToken);
        return (new { Rollouts = rollouts }, rollouts.Select(Line));
    });

    private static Command Start()
    {
        var name = ModelsCommand.Name();
        var digest = ModelsCommand.Digest();
        Option<RolloutWave[]> waves = new("--wave")
        {
            Description = $"A wave, one after the other; several times: {WaveText.Expected}. A share is what the fleet has reached with the wave.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            CustomParser = Waves,
        };
        Option<int[]> approve = new("--approve-before") { Description = "Number of a wave that a person approves first, from 1; several times." };
        Option<string?> failed = new("--max-failed") { Description = "Agents of a wave that may fail, a number or a share such as 10%; one more stops the rollout. None: none may." };
        Option<TimeSpan> soak = new("--soak") { Description = "Wait after a wave's last agent has kept the release, hours:minutes:seconds." };
        var notBefore = Instant("--not-before", "Agents fetch at once and install it not before this, UTC.");
        var notAfter = Instant("--not-after", "Agents do not begin to install it from this on, UTC.");
        var unknown = ModelsCommand.New();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return ModelsCommand.Verb(
            "start", "Begins a rollout; when its last wave is done the release is the champion.",
            [name, digest, waves, approve, failed, soak, notBefore, notAfter, unknown, by, reason],
            async (parsed, client, cancellationToken) =>
            {
                var model = parsed.GetRequiredValue(name);
                var (from, until) = (parsed.GetValue(notBefore), parsed.GetValue(notAfter));
                StartRollout request = new()
                {
                    Digest = await client.DigestAsync(model, parsed.GetRequiredValue(digest), cancellationToken),
                    Waves = Planned(parsed.GetRequiredValue(waves), parsed.GetValue(approve) ?? [], parsed.GetValue(failed), parsed.GetValue(soak)),
                    Install = from is null && until is null ? null : new InstallWindow { NotBefore = from, NotAfter = until },
                    AllowUnknown = parsed.GetValue(unknown),
                    By = parsed.GetValue(by),
                    Reason = parsed.GetValue(reason),
                };
                return Shown(await client.StartRolloutAsync(model, request, cancellationToken));
            });
    }

    private static IReadOnlyList<RolloutWave> Planned(RolloutWave[] waves, int[] approve, string? failed, TimeSpan soak)
    {
        foreach (var number in approve.Where(number => number < 1 || number > waves.Length))
        {
            throw new CommandFailedException($"--approve-before is {number}: expected the number of a wave, 1 to {waves.Length}.");
        }

        return
        [
            .. waves.Select((wave, index) => (WaveText.WithFailures(wave, failed)
                ?? throw new CommandFailedException($"--max-failed is '{failed}': expected a number of agents, or a share such as 10%.")) with
            {
                ApproveBefore = approve.Contains(index + 1),
                SoakSeconds = soak.TotalSeconds,
            }),
        ];
    }

    private static Command Show()
    {
        var id = Id();
        return ModelsCommand.Verb("show", "Shows a rollout, its waves and agents.", [id], async (parsed, client, cancellationToken)
            => Shown(await client.RolloutAsync(parsed.GetRequiredValue(id), cancellationToken)));
    }

    private static Command Decide(string verb, string description, string route)
    {
        var id = Id();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return ModelsCommand.Verb(verb, description, [id, by, reason], async (parsed, client, cancellationToken) =>
        {
            RolloutDecision decision = new() { By = parsed.GetValue(by), Reason = parsed.GetValue(reason) };
            return Shown(await client.DecideAsync(RegistryRoutes.For(route, parsed.GetRequiredValue(id)), decision, cancellationToken));
        });
    }

    private static Command Stop()
    {
        var name = ModelsCommand.Name();
        var digest = ModelsCommand.Digest();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return ModelsCommand.Verb(
            "stop", "Stops a release everywhere: it is blocked, and who runs or tries it goes back to the champion.", [name, digest, by, reason],
            async (parsed, client, cancellationToken) =>
            {
                var model = parsed.GetRequiredValue(name);
                BlockModel request = new()
                {
                    Digest = await client.DigestAsync(model, parsed.GetRequiredValue(digest), cancellationToken),
                    By = parsed.GetValue(by),
                    Reason = parsed.GetValue(reason),
                };
                var version = await client.StopAsync(model, request, cancellationToken);
                return (version, [$"{version.Model.Digest} is blocked: {version.BlockedReason}"]);
            });
    }

    private static (object Result, IEnumerable<string> Lines) Shown(RolloutProgressView rollout) =>
    (
        rollout,
        [
            Line(rollout),
            .. rollout.Waves.SelectMany((wave, index) => wave.Agents.Select(agent => string.Create(
                CultureInfo.InvariantCulture, $"  wave {index + 1}  {agent.Agent}  {agent.State}  {agent.Step} {agent.ReasonCode} {agent.Detail}").TrimEnd())),
        ]
    );

    private static string Line(RolloutProgressView rollout) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rollout.RolloutId}  {rollout.Model.Name} {rollout.Model.Version} {ModelsCommand.Short(rollout.Model.Digest)}  {rollout.State}, wave {rollout.WavesBegun} of {rollout.Waves.Count}  {rollout.Cause}").TrimEnd();

    private static Argument<string> Id() => new("id") { Description = "The rollout's id." };

    private static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
            {
                return instant;
            }

            result.AddError($"{name} is '{text}': expected a time such as 2026-11-28T22:00:00Z.");
            return null;
        },
    };

    private static RolloutWave[]? Waves(ArgumentResult result)
    {
        List<RolloutWave> waves = [];
        foreach (var token in result.Tokens)
        {
            if (WaveText.Parse(token.Value) is not { } wave)
            {
                result.AddError($"--wave is '{token.Value}': expected {WaveText.Expected}.");
                return null;
            }

            waves.Add(wave);
        }

        return [.. waves];
    }
}
