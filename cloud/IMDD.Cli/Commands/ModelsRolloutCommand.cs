using System.CommandLine;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd models rollout</c>: releases given out wave by wave.</summary>
internal static class ModelsRolloutCommand
{
    public static Command Create()
    {
        Command command = new("rollout", "Gives releases out wave by wave.") { Start(), Stop() };
        RolloutVerbs.AddTo(command);
        return command;
    }

    private static Command Start()
    {
        var name = ModelsCommand.Name();
        var digest = ModelsCommand.Digest();
        RolloutOptions options = new();
        return ModelsCommand.Verb("start", "Begins a rollout; when its last wave is done the release is the champion.", [name, digest, .. options.All], async (parsed, client, cancellationToken) =>
        {
            var model = parsed.GetRequiredValue(name);
            StartRollout request = new()
            {
                Digest = await client.DigestAsync(model, parsed.GetRequiredValue(digest), cancellationToken),
                Waves = options.Waves(parsed),
                Install = options.Install(parsed),
                AllowUnknown = options.AllowUnknown(parsed),
                By = options.By(parsed),
                Reason = options.Reason(parsed),
            };
            return RolloutVerbs.Shown(await client.StartRolloutAsync(model, request, cancellationToken));
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
}
