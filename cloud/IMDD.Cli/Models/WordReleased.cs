using System.Text.Json;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Models;

/// <summary>What became of a word.</summary>
/// <param name="Tried">What the learning program measured.</param>
/// <param name="Release">The release; null where the word was refused.</param>
/// <param name="Rollout">Whom it was told; null where the word was refused.</param>
internal sealed record WordReleased(JsonElement Tried, ModelVersionView? Release, RolloutView? Rollout);
