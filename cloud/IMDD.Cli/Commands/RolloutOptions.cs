using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IMDD.Cli.Models;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Commands;

/// <summary>How a rollout is started: its waves, its window, who asks.</summary>
internal sealed class RolloutOptions
{
    private readonly Option<RolloutWave[]> _waves = new("--wave")
    {
        Description = $"A wave, one after the other; several times: {WaveText.Expected}. A share is what the fleet has reached with the wave.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = Parse,
    };

    private readonly Option<int[]> _approve = new("--approve-before") { Description = "Number of a wave that a person approves first, from 1; several times." };
    private readonly Option<string?> _failed = new("--max-failed") { Description = "Agents of a wave that may fail, a number or a share such as 10%; one more stops the rollout. None: none may." };
    private readonly Option<TimeSpan> _soak = new("--soak") { Description = "Wait after a wave's last agent has kept it, hours:minutes:seconds." };
    private readonly Option<DateTimeOffset?> _notBefore = Instant("--not-before", "Agents fetch at once and install it not before this, UTC.");
    private readonly Option<DateTimeOffset?> _notAfter = Instant("--not-after", "Agents do not begin to install it from this on, UTC.");
    private readonly Option<bool> _unknown = ModelsCommand.New();
    private readonly Option<string?> _by = new("--by") { Description = "Who does it." };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why." };

    /// <summary>The options.</summary>
    public IReadOnlyList<Symbol> All => [_waves, _approve, _failed, _soak, _notBefore, _notAfter, _unknown, _by, _reason];

    /// <exception cref="CommandFailedException">There is no such wave, or a number of failures that is none.</exception>
    public IReadOnlyList<RolloutWave> Waves(ParseResult parsed) => Planned(parsed.GetRequiredValue(_waves), parsed.GetValue(_approve) ?? [], parsed.GetValue(_failed), parsed.GetValue(_soak));

    /// <summary>Null where neither bound is given.</summary>
    public InstallWindow? Install(ParseResult parsed)
        => (parsed.GetValue(_notBefore), parsed.GetValue(_notAfter)) is var (from, until) && from is null && until is null ? null : new InstallWindow { NotBefore = from, NotAfter = until };

    public bool AllowUnknown(ParseResult parsed) => parsed.GetValue(_unknown);

    public string? By(ParseResult parsed) => parsed.GetValue(_by);

    public string? Reason(ParseResult parsed) => parsed.GetValue(_reason);

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

    private static RolloutWave[]? Parse(ArgumentResult result)
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
