using IMDD.Cloud.Dashboard.Feeds;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;
using IMDD.Imaging;
using IMDD.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace IMDD.Cloud.Dashboard.Frames;

/// <summary>Pictures and masks, by content.</summary>
internal static class FrameEndpoints
{
    // Content-addressed: what is at an address never changes.
    private const string Forever = "private, max-age=31536000, immutable";

    // A picture is never a document: whatever the bytes are, nothing in them runs.
    private const string PictureOnly = "default-src 'none'; sandbox";

    public static void MapFrames(this IEndpointRouteBuilder routes)
    {
        var frames = routes.MapGroup("/frames/{digest}");
        frames.MapGet("", PictureAsync);
        frames.MapGet("/mask.png", MaskAsync);
    }

    private static async Task<IResult> PictureAsync(
        string digest,
        HttpContext http,
        IBlobStore blobs,
        IImageDecoder decoder,
        IOptions<DashboardOptions> options,
        ILogger<DashboardOptions> logger,
        CancellationToken cancellationToken)
    {
        if (!ContentDigest.IsValid(digest))
        {
            return Problem($"'{digest}' is not a digest: expected sha256: and 64 lower-case hexadecimal digits.", StatusCodes.Status400BadRequest);
        }

        if (IsCached(http, digest))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        byte[]? content;
        try
        {
            content = await blobs.GetAsync(digest, options.Value.MaxPictureBytes, cancellationToken);
        }
        catch (BlobStoreException e)
        {
            Log.PictureUnavailable(logger, digest, e.Message);
            return Problem("The picture cannot be read from the blob store.", StatusCodes.Status503ServiceUnavailable);
        }

        if (content is null)
        {
            return Problem("There is no picture of this digest.", StatusCodes.Status404NotFound);
        }

        try
        {
            var (type, bytes) = BrowserPicture.From(content, decoder, new DecodeLimits(options.Value.MaxPictureBytes));
            return Content(http, bytes, type, digest);
        }
        catch (ImageRejectedException e)
        {
            return Problem(e.Message, StatusCodes.Status415UnsupportedMediaType);
        }
    }

    private static async Task<IResult> MaskAsync(
        string digest,
        string? outcome,
        string? rater,
        string? holder,
        HttpContext http,
        PlantStore store,
        AggregatorClient aggregator,
        CuratorClient curator,
        IBlobStore blobs,
        ILogger<DashboardOptions> logger,
        CancellationToken cancellationToken)
    {
        const int LongestId = 64;
        if (!ContentDigest.IsValid(digest))
        {
            return Problem($"'{digest}' is not a digest: expected sha256: and 64 lower-case hexadecimal digits.", StatusCodes.Status400BadRequest);
        }

        if (outcome is not { Length: > 0 and <= LongestId } || outcome.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-"))
        {
            return Problem("Parameter 'outcome' must be the id of an outcome.", StatusCodes.Status400BadRequest);
        }

        FrameReference? frame;
        IReadOnlyList<DefectRegion> regions;
        try
        {
            var defect = store.FindFailedFrame(outcome)?.Defect ?? (await aggregator.FindFailedFrameAsync(outcome, cancellationToken))?.Defect;
            (frame, regions) = (defect?.Frame, defect?.Regions ?? []);
            var asker = rater is not null && holder is not null ? new ReviewRequest { RaterId = rater, Holder = holder } : null;
            if (frame is null && await curator.FindAsync(outcome, asker, cancellationToken) is { Blind: false } waiting)
            {
                (frame, regions) = (waiting.Frame, waiting.Regions);
            }
        }
        catch (HttpRequestException e)
        {
            Log.PictureUnavailable(logger, digest, e.Message);
            return Problem("Aggregator or curator does not answer.", StatusCodes.Status503ServiceUnavailable);
        }

        if (frame is null || frame.Digest != digest)
        {
            return Problem("There is no frame of this outcome and digest.", StatusCodes.Status404NotFound);
        }

        try
        {
            var whole = await MovedMasks.FetchAsync(regions, blobs, cancellationToken);
            return Content(http, MaskPicture.Render(frame, whole), "image/png", digest + outcome);
        }
        catch (FormatException e)
        {
            return Problem(e.Message, StatusCodes.Status422UnprocessableEntity);
        }
        catch (BlobStoreException e)
        {
            Log.PictureUnavailable(logger, digest, e.Message);
            return Problem("A mask cannot be read from the blob store.", StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static bool IsCached(HttpContext http, string tag)
        => http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == $"\"{tag}\"");

    private static FileContentHttpResult Content(HttpContext http, byte[] bytes, string type, string tag)
    {
        http.Response.Headers.CacheControl = Forever;
        http.Response.Headers.ContentSecurityPolicy = PictureOnly;
        return TypedResults.Bytes(bytes, type, entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }

    private static ProblemHttpResult Problem(string detail, int status) => TypedResults.Problem(detail, statusCode: status);
}
