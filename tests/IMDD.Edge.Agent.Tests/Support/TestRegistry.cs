using System.Collections.Concurrent;
using System.Net;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Serves bundles as a registry does, whatever is wrong with them, and can break off.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _envelopes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, byte[]> _roots = new();
    private readonly ConcurrentDictionary<string, byte[]> _recipes = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _requests = new();
    private long _sentBytes;

    private TestRegistry(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>Each request: path, and range where there was one.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Bytes of files that were sent.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>A file is broken off after so many bytes; null: never.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Called before each file is sent.</summary>
    public Func<Task>? BeforeFile { get; set; }

    public static async Task<TestRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        TestRegistry registry = new(app);
        app.MapGet(RegistryRoutes.Envelope, registry.EnvelopeAsync);
        app.MapGet(RegistryRoutes.RecipeEnvelope, registry.RecipeAsync);
        app.MapGet(RegistryRoutes.Blob, registry.BlobAsync);
        app.MapGet(RegistryRoutes.RootDocument, (HttpContext http, long version) => registry.SendAsync(http, registry._roots.GetValueOrDefault(version), 0, cut: null));
        await app.StartAsync();
        return registry;
    }

    /// <summary>Offers a bundle's folder under the digest of its manifest.</summary>
    /// <returns>The digest.</returns>
    public string Offer(string folder)
    {
        var digest = ContentDigest.Of(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        _envelopes[digest] = File.ReadAllBytes(Path.Combine(folder, "manifest.dsse"));
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            _blobs[ContentDigest.Of(bytes)] = bytes;
        }

        return digest;
    }

    /// <summary>Offers a root document under a version.</summary>
    public void OfferRoot(long version, byte[] envelope) => _roots[version] = envelope;

    /// <summary>Offers the envelope of a recipe under a digest.</summary>
    public void OfferRecipe(string digest, byte[] envelope) => _recipes[digest] = envelope;

    /// <summary>Offers as a recipe what is the envelope of a release.</summary>
    public void OfferAsRecipe(ModelRelease release) => _recipes[release.Digest] = _envelopes[release.Digest];

    /// <summary>Offers as a release what is the envelope of a recipe.</summary>
    public void OfferAsRelease(string digest) => _envelopes[digest] = _recipes[digest];

    /// <summary>Changes one byte of a recipe's envelope that is offered.</summary>
    public void CorruptRecipe(string digest) => _recipes[digest] = Flipped(_recipes[digest]);

    /// <summary>Offers the envelope of a release under the digest of another.</summary>
    public ModelRelease OfferAs(ModelRelease release, string digest)
    {
        _envelopes[digest] = _envelopes[release.Digest];
        return release with { Digest = digest };
    }

    /// <summary>Offers a manifest that was changed after it was signed, under its own digest, with the signatures that it had before.</summary>
    public ModelRelease OfferChanged(ModelRelease release, Func<BundleManifest, BundleManifest> change)
    {
        var envelope = ImddJson.Deserialize<DsseEnvelope>(_envelopes[release.Digest]);
        var manifest = ImddJson.Serialize(change(ImddJson.Deserialize<BundleManifest>(Convert.FromBase64String(envelope.Payload))));
        var digest = ContentDigest.Of(manifest);
        _envelopes[digest] = ImddJson.Serialize(envelope with { Payload = Convert.ToBase64String(manifest) });
        return release with { Digest = digest };
    }

    /// <summary>Sends another file that is offered in the place of one.</summary>
    public void Replace(string digest, string by) => _blobs[digest] = _blobs[by];

    /// <summary>Changes one byte of a file that is offered.</summary>
    public void Corrupt(string digest) => _blobs[digest] = Flipped(_blobs[digest]);

    /// <summary>Changes one byte of an envelope that is offered.</summary>
    public void CorruptEnvelope(string digest) => _envelopes[digest] = Flipped(_envelopes[digest]);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static byte[] Flipped(byte[] bytes)
    {
        byte[] changed = [.. bytes];
        changed[changed.Length / 2] ^= 1;
        return changed;
    }

    private async Task EnvelopeAsync(HttpContext http, string digest)
    {
        _requests.Enqueue(http.Request.Path);
        await SendAsync(http, _envelopes.GetValueOrDefault(digest), 0, cut: null);
    }

    private async Task RecipeAsync(HttpContext http, string digest)
    {
        _requests.Enqueue(http.Request.Path);
        await SendAsync(http, _recipes.GetValueOrDefault(digest), 0, cut: null);
    }

    private async Task BlobAsync(HttpContext http, string digest)
    {
        var range = http.Request.GetTypedHeaders().Range?.Ranges.Single();
        _requests.Enqueue($"{http.Request.Path} {range}".TrimEnd());
        if (BeforeFile is { } before)
        {
            await before();
        }

        var from = (int)(range?.From ?? 0);
        if (_blobs.TryGetValue(digest, out var blob) && range is not null)
        {
            http.Response.StatusCode = (int)HttpStatusCode.PartialContent;
            http.Response.Headers.ContentRange = $"bytes {from}-{blob.Length - 1}/{blob.Length}";
        }

        await SendAsync(http, blob, from, BreakAfter);
    }

    private async Task SendAsync(HttpContext http, byte[]? content, int from, int? cut)
    {
        if (content is null)
        {
            http.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }

        var rest = content.AsMemory(from);
        http.Response.ContentLength = rest.Length;
        var isCut = cut < rest.Length;
        var sent = isCut ? rest[..cut!.Value] : rest;
        await http.Response.Body.WriteAsync(sent);
        await http.Response.Body.FlushAsync();
        Interlocked.Add(ref _sentBytes, sent.Length);
        if (isCut)
        {
            // A reset takes along what the other side has not read yet.
            await Task.Delay(100);
            http.Abort();
        }
    }
}
