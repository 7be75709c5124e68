using System.CommandLine;
using System.Globalization;
using IMDD.Learning.Trainer.Bench;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>How a bench says whether its figures met their goals.</summary>
internal static class BenchVerdict
{
    private const int Missed = 1;

    /// <summary><c>--check</c>.</summary>
    public static Option<bool> CreateOption() => new("--check") { Description = "End with exit code 1 where a figure that was measured misses its goal." };

    /// <summary>A line for each.</summary>
    public static void Show(IReadOnlyList<BenchCheck> checks, TextWriter output)
    {
        foreach (var check in checks)
        {
            var verdict = check.Met switch
            {
                true => "met",
                false => "MISSED",
                null => "not measured",
            };
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {verdict,-12} {check.Name} at most {check.Goal}{(check.Value is { } value ? $": {value:0.######}" : "")}"));
        }
    }

    /// <summary>What the command ends with.</summary>
    /// <param name="checks">The figures.</param>
    /// <param name="isAsked">Whether it is to fail by them.</param>
    public static int ExitCode(IReadOnlyList<BenchCheck> checks, bool isAsked) => isAsked && checks.Any(check => check.Met is false) ? Missed : 0;
}
