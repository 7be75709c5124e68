using System.Text;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Audit;

/// <summary>Each entry's hash covers the one before: a row that is changed, removed or put in shows, unless everything after it is written anew too.</summary>
public static class AuditChain
{
    /// <summary>The hash before the first entry.</summary>
    public const string Start = "";

    /// <summary><c>sha256:</c> of the hash before, a line feed, and the entry's JSON with an empty hash.</summary>
    public static string HashOf(string previous, AuditEntry entry)
        => ContentDigest.Of([.. Encoding.UTF8.GetBytes(previous + "\n"), .. ImddJson.Serialize(entry with { Hash = "" })]);
}
