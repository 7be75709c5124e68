using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

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
}
