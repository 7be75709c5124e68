using IMDD.Contracts.Identity;
using IMDD.Hosting;
using IMDD.Inference.Recipes;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Envelopes of the recipes that were delivered for a group of cameras on disk, by the recipe's digest. Which is in force is in the pointer of
/// <see cref="SlotStore"/>, with the model's.
/// </summary>
/// <param name="root">Everything of the group.</param>
/// <param name="ledger">What was accepted, for whichever group.</param>
internal sealed class RecipeStore(string root, RecipeLedger ledger)
{
    private const string Folder = "recipes";
    private const string AddressPrefix = "sha256-";
    private const string Extension = ".dsse";
    private const string Name = "recipe";

    /// <summary>What was accepted on this box.</summary>
    public RecipeLedger Ledger => ledger;

    /// <summary>An envelope; null: there is none, or it cannot be read.</summary>
    public byte[]? Read(string digest)
    {
        FileInfo file = new(FileOf(digest));
        try
        {
            return file.Exists && file.Length <= SignedRecipe.MaxEnvelopeBytes ? File.ReadAllBytes(file.FullName) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an envelope that has passed its checks; returns when that is durable.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public void Keep(string digest, ReadOnlySpan<byte> envelope) => DurableFile.Replace(FileOf(digest), envelope, Name);

    /// <summary>Deletes all but these.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be.</exception>
    public void Tidy(params IEnumerable<string?> digests)
    {
        var kept = digests.OfType<string>().Select(FileOf).ToHashSet(StringComparer.Ordinal);
        DirectoryInfo folder = new(Path.Combine(root, Folder));
        try
        {
            foreach (var file in folder.Exists ? folder.GetFiles() : [])
            {
                if (!kept.Contains(file.FullName))
                {
                    file.Delete();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"recipes {folder.FullName}", e.Message, e);
        }
    }

    private string FileOf(string digest) => ContentDigest.IsValid(digest)
        ? Path.Combine(root, Folder, AddressPrefix + digest[ContentDigest.Prefix.Length..] + Extension)
        : throw new ArgumentException($"'{digest}' is not a digest.", nameof(digest));
}
