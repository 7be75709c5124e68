using IMDD.Cloud.Registry.State;
using IMDD.Contracts;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Which release may be run.</summary>
internal static class ReleaseRules
{
    /// <exception cref="RegistryException">There is none of this digest.</exception>
    public static async Task<ReleaseRow> FindAsync(RegistryDbContext context, string name, string digest, CancellationToken cancellationToken)
        => await context.Releases.SingleOrDefaultAsync(row => row.Name == name && row.Digest == digest, cancellationToken)
            ?? throw RegistryException.Unknown($"{Excerpt.Of(name)} has no release {Excerpt.Of(digest)}.");

    /// <summary>Why it must not be run; null: it may.</summary>
    public static string? Forbids(ReleaseRow release, DateTimeOffset now)
    {
        if (release.IsBlocked)
        {
            return $"{release.Digest} is blocked: {release.BlockedReason}.";
        }

        if (Mapping.Gates(release).Where(gate => !gate.Passed).Select(gate => gate.Name).ToList() is { Count: > 0 } failed)
        {
            return $"{release.Digest} did not meet {string.Join(", ", failed)}.";
        }

        return Mapping.Manifest(release).ExpiresAt is { } expires && expires <= now ? $"{release.Digest} has expired at {expires:O}." : null;
    }

    /// <exception cref="RegistryException">It must not be run.</exception>
    public static void CheckUsable(ReleaseRow release, DateTimeOffset now)
    {
        if (Forbids(release, now) is { } why)
        {
            throw RegistryException.Forbidden(why);
        }
    }
}
