using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary>The value of <c>--seeds</c>.</summary>
internal static class SeedList
{
    /// <summary>The seeds, each once.</summary>
    /// <exception cref="CommandFailedException">One is none.</exception>
    public static List<int> Parse(string text)
        => [.. text.Split(',').Select(s => int.TryParse(s, out var seed) && seed >= 0
            ? seed
            : throw new CommandFailedException($"--seeds has '{s}': expected numbers from 0, as in 1,2,3.", ExitCodes.ConfigurationInvalid)).Distinct()];
}
