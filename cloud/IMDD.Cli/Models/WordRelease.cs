using System.Text.Json;
using IMDD.Cli.Quality;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Models;

/// <summary>Teaches the champion of a model a word, and gives it to the fleet: fetched, tried by the learning program, registered, promoted.</summary>
/// <param name="registry">Where the champion is, and the new release goes.</param>
/// <param name="trainer">The learning program.</param>
internal sealed class WordRelease(RegistryApi registry, TrainerProcess trainer)
{
    /// <summary>Exit code by which the learning program refuses a word.</summary>
    public const int Refused = 4;

    /// <summary>Runs.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="arguments">Options of the learning program's verb: the word, its regions, the frozen pictures.</param>
    /// <param name="agents">Agents that are to try it; empty: all, and it becomes the champion.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">There is no champion, the word cannot be tried, or the registry refuses the release.</exception>
    public async Task<WordReleased> RunAsync(
        string model, IReadOnlyList<string> arguments, IReadOnlyList<string> agents, string? by, CancellationToken cancellationToken)
    {
        var champion = (await registry.ModelAsync(model, cancellationToken)).Aliases.GetValueOrDefault(ModelAlias.Champion)
            ?? throw new CommandFailedException($"{model} has no champion: expected one that is to know the word (imdd models promote).");
        var work = Directory.CreateTempSubdirectory("imdd-word-");
        try
        {
            var (from, to) = (Path.Combine(work.FullName, "champion"), Path.Combine(work.FullName, "word"));
            await registry.FetchAsync(champion, from, cancellationToken);
            var tried = await TryAsync(["train", "word", "--model", from, "--out", to, .. arguments], cancellationToken);
            if (!tried.GetProperty("accepted").GetBoolean())
            {
                return new WordReleased(tried, Release: null, Rollout: null);
            }

            var release = await registry.RegisterAsync(to, name: null, by, fencingToken: null, Gates(tried), cancellationToken);
            PromoteModel request = new() { Digest = release.Model.Digest, Agents = agents, By = by, Reason = $"the word {tried.GetProperty("class_id").GetString()}" };
            return new WordReleased(tried, release, await registry.PromoteAsync(model, request, cancellationToken));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private async Task<JsonElement> TryAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await trainer.RunAsync(arguments, "word", cancellationToken, Refused);
        }
        catch (QualityException e)
        {
            throw new CommandFailedException(e.Message, inner: e);
        }
    }

    private static List<GateResult> Gates(JsonElement tried) =>
    [
        .. tried.GetProperty("gates").EnumerateArray().Select(gate => new GateResult(
            gate.GetProperty("name").GetString()!,
            gate.GetProperty("passed").GetBoolean(),
            gate.GetProperty("value").Deserialize<double?>(),
            gate.GetProperty("limit").Deserialize<double?>(),
            gate.GetProperty("detail").GetString())),
    ];
}
