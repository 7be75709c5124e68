using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Delivery;
using IMDD.Hosting;
using IMDD.Inference.Bundles;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// The newest release of each model that this box has run: a signed bundle that is older is refused, or whoever keeps an old one could put its
/// faults back. Written only after a bundle has passed every check.
/// </summary>
internal sealed class ReleaseLedger
{
    private readonly string _file;
    private readonly Dictionary<string, AcceptedRelease> _releases;

    /// <summary>Reads the ledger; one that is not there is empty.</summary>
    /// <exception cref="StoreUnavailableException">It is damaged, or cannot be read.</exception>
    public ReleaseLedger(string file)
    {
        _file = file;
        try
        {
            _releases = File.Exists(file)
                ? ImddJson.Deserialize<Dictionary<string, AcceptedRelease>>(File.ReadAllBytes(file))
                : new Dictionary<string, AcceptedRelease>(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StoreUnavailableException($"release ledger {file}", $"{e.Message} Without it an old release could not be told from a new one", e);
        }
    }

    /// <summary>True for the newest release of a model that was kept here.</summary>
    public bool HasKept(string digest) => _releases.Values.Any(release => release.Digest == digest);

    /// <summary>True for what a group of cameras last started with by its configuration.</summary>
    /// <param name="group">Name of the group; null: the rest.</param>
    /// <param name="digest">Digest of the release.</param>
    public bool HasConfigured(string? group, string digest) => _releases.Values.Any(release => release.ConfiguredFor?.GetValueOrDefault(group ?? "") == digest);

    /// <summary>Whether a bundle may become active.</summary>
    /// <exception cref="ModelBundleException">It is older than what has run here, another one of the same counter, or expired.</exception>
    public void Check(BundleManifest manifest, string digest, string? signedBy, DateTimeOffset now)
    {
        var last = signedBy is null ? null : _releases.GetValueOrDefault(manifest.Name);
        if (manifest.ReleaseCounter < last?.Counter)
        {
            throw new ModelBundleException(
                $"Release {manifest.ReleaseCounter} of {manifest.Name} ({digest}) is older than release {last.Counter} ({last.Digest}), which has run here.", fault: BundleFault.Counter);
        }

        if (manifest.ReleaseCounter == last?.Counter && digest != last.Digest)
        {
            throw new ModelBundleException(
                $"Release {manifest.ReleaseCounter} of {manifest.Name} is {digest}; the one of that counter that has run here is {last.Digest}.", fault: BundleFault.Counter);
        }

        // Expiry keeps a release from becoming active; one that was goes on, or a line would stop by itself.
        if (manifest.ExpiresAt <= now && last?.Digest != digest)
        {
            throw new ModelBundleException($"Release {manifest.ReleaseCounter} of {manifest.Name} ({digest}) has expired at {manifest.ExpiresAt:O}.", fault: BundleFault.Expired);
        }
    }

    /// <summary>Remembers a delivered bundle that a group of cameras keeps; returns when that is durable.</summary>
    /// <param name="group">Name of the group; null: the rest. What its configuration says of that name is a step back from now on.</param>
    /// <param name="manifest">The bundle's manifest.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="signedBy">Who signed it; null: nobody, and it is not remembered.</param>
    public void Accept(string? group, BundleManifest manifest, string digest, string? signedBy)
    {
        if (signedBy is null)
        {
            return;
        }

        var release = Later(manifest, digest);
        if (release.ConfiguredFor?.GetValueOrDefault(group ?? "") is { } configured && configured != digest)
        {
            Dictionary<string, string> left = new(release.ConfiguredFor, StringComparer.Ordinal);
            left.Remove(group ?? "");
            release = release with { ConfiguredFor = left };
        }

        if (release != _releases.GetValueOrDefault(manifest.Name))
        {
            _releases[manifest.Name] = release;
            Write();
        }
    }

    /// <summary>
    /// Remembers the configured bundles that groups of cameras start with, all in one write: whenever the process ends, none of them is a step back
    /// from another.
    /// </summary>
    public void AcceptConfigured(IEnumerable<(string? Group, ModelBundle Bundle)> started)
    {
        var hasChanged = false;
        foreach (var (group, bundle) in started.Where(one => one.Bundle.SignedBy is not null))
        {
            var (name, digest) = (bundle.Manifest.Name, bundle.Digest);
            var release = Later(bundle.Manifest, digest);
            if (release.ConfiguredFor?.GetValueOrDefault(group ?? "") != digest)
            {
                release = release with { ConfiguredFor = new Dictionary<string, string>(release.ConfiguredFor ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [group ?? ""] = digest } };
            }

            hasChanged |= release != _releases.GetValueOrDefault(name);
            _releases[name] = release;
        }

        if (hasChanged)
        {
            Write();
        }
    }

    /// <summary>The newest of a name: a later one may have been kept for another group of cameras.</summary>
    private AcceptedRelease Later(BundleManifest manifest, string digest)
    {
        var last = _releases.GetValueOrDefault(manifest.Name);
        return last?.Counter >= manifest.ReleaseCounter ? last : new AcceptedRelease(manifest.ReleaseCounter, digest, last?.ConfiguredFor);
    }

    private void Write() => DurableFile.Replace(_file, ImddJson.Serialize(_releases), "release ledger");
}
