using System.Net;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Review;
using IMDD.Imaging;
using IMDD.Imaging.Masks;

namespace IMDD.Cloud.Dashboard.Tests;

public sealed class FrameEndpointsTests : IAsyncLifetime
{
    private const int Width = 64;
    private const int Height = 48;
    private DashboardHost _host = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("md5:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    public async Task Picture_NotADigest_400(string digest)
    {
        using var response = await _host.Http.GetAsync("/frames/" + digest, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("sha256:");
    }

    [Fact]
    public async Task Picture_Unknown_404()
    {
        using var response = await _host.Http.GetAsync("/frames/" + ContentDigest.Of("nothing"u8), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Picture_StoredPng_IsServedForeverAndCannotRun()
    {
        var png = Picture();
        var stored = await _host.Blobs.PutAsync(png, "image/png", Cancel);

        using var response = await _host.Http.GetAsync("/frames/" + stored.Digest, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await response.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(png);
        response.Headers.CacheControl!.ToString().ShouldContain("immutable");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldBe("default-src 'none'; sandbox");
        response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");

        using HttpRequestMessage again = new(HttpMethod.Get, "/frames/" + stored.Digest);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var cached = await _host.Http.SendAsync(again, Cancel);
        cached.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Picture_BlobIsADocument_415()
    {
        var stored = await _host.Blobs.PutAsync("<svg onload='alert(1)'/>"u8.ToArray(), "image/svg+xml", Cancel);

        using var response = await _host.Http.GetAsync("/frames/" + stored.Digest, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Mask_OfRegion_ColouredExactlyWhereItIs()
    {
        var mask = Mask();
        var frame = SampleData.Failed(1, ContentDigest.Of("picture"u8), mask: CocoRle.Encode(mask, Width, Height), width: Width, height: Height);
        _host.Aggregator.FailedFrames.Add(frame);

        using var response = await _host.Http.GetAsync($"/frames/{frame.Defect.Frame.Digest}/mask.png?outcome={frame.Defect.OutcomeId}", Cancel);
        var png = await response.Content.ReadAsByteArrayAsync(Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        AlphaOf(png).Select(alpha => alpha > 0).ShouldBe(mask.Select(value => value > 0));
    }

    [Fact]
    public async Task Mask_OfAFrameThatOnlyTheCuratorKnows_IsDrawn()
    {
        var mask = Mask();
        var defect = SampleData.Failed(1, ContentDigest.Of("picture"u8), mask: CocoRle.Encode(mask, Width, Height), width: Width, height: Height).Defect;
        _host.Aggregator.ReviewFrames.Add(new ReviewFrame
        {
            OutcomeId = defect.OutcomeId,
            FrameId = defect.FrameId,
            CameraId = defect.CameraId,
            AssetPath = defect.AssetPath,
            Time = SampleData.Now,
            Verdict = Verdict.Pass,
            Frame = defect.Frame,
            Regions = defect.Regions,
        });

        using var response = await _host.Http.GetAsync($"/frames/{defect.Frame.Digest}/mask.png?outcome={defect.OutcomeId}", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        AlphaOf(await response.Content.ReadAsByteArrayAsync(Cancel)).Select(alpha => alpha > 0).ShouldBe(mask.Select(value => value > 0));
    }

    [Fact]
    public async Task Mask_MovedToABlob_IsDrawnFromIt()
    {
        var mask = Mask();
        var stored = await _host.Blobs.PutAsync(ImddJson.Serialize(CocoRle.Encode(mask, Width, Height)), "application/json", Cancel);
        var frame = WithMaskUri(SampleData.Failed(1, ContentDigest.Of("picture"u8), width: Width, height: Height), stored.Uri.ToString());

        using var response = await _host.Http.GetAsync($"/frames/{frame.Defect.Frame.Digest}/mask.png?outcome={frame.Defect.OutcomeId}", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        AlphaOf(await response.Content.ReadAsByteArrayAsync(Cancel)).Select(alpha => alpha > 0).ShouldBe(mask.Select(value => value > 0));
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("{\"size\": [10, 10], \"counts\": \"0d\"}")]
    [InlineData("not JSON")]
    public async Task Mask_BlobIsNoMaskOfTheFrame_422(string content)
    {
        var stored = await _host.Blobs.PutAsync(System.Text.Encoding.UTF8.GetBytes(content), "application/json", Cancel);
        var frame = WithMaskUri(SampleData.Failed(1, ContentDigest.Of("picture"u8), width: Width, height: Height), stored.Uri.ToString());

        using var response = await _host.Http.GetAsync($"/frames/{frame.Defect.Frame.Digest}/mask.png?outcome={frame.Defect.OutcomeId}", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Robert'); DROP TABLE")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Mask_OutcomeMalformed_400(string? outcome)
    {
        var query = outcome is null ? "" : "?outcome=" + Uri.EscapeDataString(outcome);
        using var response = await _host.Http.GetAsync($"/frames/{ContentDigest.Of("x"u8)}/mask.png{query}", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Mask_OfAnotherPicture_404()
    {
        var frame = SampleData.Failed(1, ContentDigest.Of("picture"u8));
        _host.Aggregator.FailedFrames.Add(frame);

        using var response = await _host.Http.GetAsync($"/frames/{ContentDigest.Of("other"u8)}/mask.png?outcome={frame.Defect.OutcomeId}", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(10, 10, "0d")]
    [InlineData(Height, Width, "~~~~")]
    [InlineData(int.MaxValue, int.MaxValue, "")]
    public async Task Mask_EncodingMalformed_422(int height, int width, string counts)
    {
        var frame = SampleData.Failed(1, ContentDigest.Of("picture"u8), mask: new MaskRle([height, width], counts), width: Width, height: Height);
        _host.Aggregator.FailedFrames.Add(frame);

        using var response = await _host.Http.GetAsync($"/frames/{frame.Defect.Frame.Digest}/mask.png?outcome={frame.Defect.OutcomeId}", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private FailedFrame WithMaskUri(FailedFrame frame, string uri)
    {
        frame = frame with { Defect = frame.Defect with { Regions = [frame.Defect.Regions[0] with { MaskUri = uri }] } };
        _host.Aggregator.FailedFrames.Add(frame);
        return frame;
    }

    private static byte[] Picture()
    {
        using RgbImage image = new(Width, Height);
        image.Pixels.Fill(100);
        return ImageEncoder.EncodePng(image);
    }

    private static byte[] Mask()
    {
        var mask = new byte[Width * Height];
        for (var y = 12; y < 18; y++)
        {
            mask.AsSpan(y * Width + 10, 30).Fill(1);
        }

        return mask;
    }

    private static byte[] AlphaOf(byte[] png)
    {
        using var decoded = OpenCvSharp.Cv2.ImDecode(png, OpenCvSharp.ImreadModes.Unchanged);
        decoded.Channels().ShouldBe(4);
        using var alpha = OpenCvSharp.Cv2.Split(decoded)[3];
        alpha.GetArray(out byte[] bytes);
        return bytes;
    }
}
