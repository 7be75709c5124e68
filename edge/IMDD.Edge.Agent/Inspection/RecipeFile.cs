using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Recipes;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>A recipe as a JSON file.</summary>
internal static class RecipeFile
{
    private const long MaxBytes = 4 << 20;

    /// <exception cref="IOException">It cannot be read, or is larger than any recipe.</exception>
    /// <exception cref="JsonException">It is not a recipe; the message names the field.</exception>
    public static Recipe Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
        {
            throw new IOException($"{path} has {file.Length} bytes: expected at most {MaxBytes}.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return ImddJson.Deserialize<Recipe>(bytes);
    }

    /// <summary>What is wrong with a file that is named as a recipe, by the key that names it.</summary>
    public static IReadOnlyList<string> Problems(string path, string key)
    {
        try
        {
            return [.. RecipeRules.Faults(Read(path)).Select(fault => $"{key}:{fault}")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [$"{key}: cannot be read as a recipe: {e.Message}"];
        }
    }
}
