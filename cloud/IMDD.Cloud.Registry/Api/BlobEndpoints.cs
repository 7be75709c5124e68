using IMDD.Cloud.Registry.Models;
using IMDD.Contracts;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Files by content. What has a digest for its name never changes, so a range can be asked for at any time.</summary>
internal static class BlobEndpoints
{
    private const string Binary = "application/octet-stream";
    private const string Forever = "public, max-age=31536000, immutable";

    public static void MapBlobs(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(RegistryRoutes.Blob, [HttpMethods.Get, HttpMethods.Head], GetAsync).WithSummary("A file of a bundle, or a range of it");
        routes.MapPut(RegistryRoutes.Blob, PutAsync).WithSummary("Stores a file under its digest");
        routes.MapGet(RegistryRoutes.Envelope, EnvelopeAsync).WithSummary("The signed manifest of a release");
    }

    private static async Task<IResult> GetAsync(string digest, IBlobStore blobs, HttpContext http, CancellationToken cancellationToken)
    {
        Check(digest);
        var content = await blobs.OpenAsync(digest, cancellationToken) ?? throw RegistryException.Unknown($"There is no file {digest}.");
        http.Response.Headers.CacheControl = Forever;
        return Results.Stream(content, Binary, entityTag: new EntityTagHeaderValue($"\"{digest}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> EnvelopeAsync(string digest, ModelQueries queries, IBlobStore blobs, CancellationToken cancellationToken)
    {
        Check(digest);
        var envelope = await queries.EnvelopeAsync(digest, cancellationToken) ?? throw RegistryException.Unknown($"There is no release {digest}.");
        return Results.Stream(
            await blobs.OpenAsync(envelope, cancellationToken) ?? throw RegistryException.Unknown($"The envelope of {digest} is gone."), "application/json");
    }

    private static async Task<IResult> PutAsync(
        string digest, HttpContext http, IBlobStore blobs, IOptions<RegistryOptions> options, CancellationToken cancellationToken)
    {
        Check(digest);
        var limit = options.Value.MaxFileBytes;
        if (http.Request.ContentLength is not { } length || length > limit)
        {
            throw RegistryException.Invalid($"A file says its length (Content-Length), at most {limit} bytes.");
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        var content = new byte[length];
        await http.Request.Body.ReadExactlyAsync(content, cancellationToken);
        if (ContentDigest.Of(content) is { } actual && actual != digest)
        {
            throw RegistryException.Invalid($"The file has digest {actual}: expected {digest}.");
        }

        var stored = await blobs.PutAsync(content, Binary, cancellationToken);
        return Results.Ok(new { stored.Digest, stored.SizeBytes });
    }

    private static void Check(string digest)
    {
        if (!ContentDigest.IsValid(digest))
        {
            throw RegistryException.Invalid($"'{Excerpt.Of(digest)}' is not a digest: expected sha256: and 64 lower-case hex digits.");
        }
    }
}
