using System.Net;
using IMDD.Cloud.Trainer.Registry;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Testing;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>What a registry sends is bounded, whether it says how long it is or not.</summary>
public sealed class RegistryClientTests : IDisposable
{
    private const int FileBytes = 10;
    private const long ManyBytes = 64L << 20;

    private readonly TestDirectory _directory = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Download_EnvelopeThatIsTooLong_IsNotReadToItsEnd(bool isLengthSaid)
    {
        using Blanks blanks = new(ManyBytes);
        using Answers answers = new(_ => Content(blanks, isLengthSaid ? ManyBytes : null));

        var refused = await Should.ThrowAsync<RunFailedException>(() => Client(answers).DownloadAsync(ContentDigest.Of([1]), _directory.File("release"), Stop));

        refused.Message.ShouldContain("answers with too much");
        refused.MayPass.ShouldBeFalse();
        blanks.Taken.ShouldBeLessThan(ManyBytes / 2);
        Directory.GetFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Download_FileLongerThanItsManifestSays_IsNotKeptNorReadToItsEnd()
    {
        using Blanks blanks = new(ManyBytes);
        var manifest = ImddJson.Serialize(Manifest());
        var envelope = ImddJson.Serialize(new DsseEnvelope { PayloadType = DsseEnvelope.ModelPayloadType, Payload = Convert.ToBase64String(manifest), Signatures = [] });
        using Answers answers = new(path => path.EndsWith("manifest.dsse", StringComparison.Ordinal) ? Content(new MemoryStream(envelope), envelope.Length) : Content(blanks, length: null));

        var refused = await Should.ThrowAsync<RunFailedException>(() => Client(answers).DownloadAsync(ContentDigest.Of(manifest), _directory.File("release"), Stop));

        refused.Message.ShouldContain($"came with more than the {FileBytes} bytes");
        refused.MayPass.ShouldBeTrue();
        blanks.Taken.ShouldBeLessThan(1L << 20);
        Directory.GetFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    private static RegistryClient Client(Answers answers) => new(answers, Options.Create(new TrainerOptions()));

    private static StreamContent Content(Stream stream, long? length)
    {
        StreamContent content = new(stream);
        content.Headers.ContentLength = length;
        return content;
    }

    private static BundleManifest Manifest() => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "made",
        Version = "1",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [new BundleFile("model.onnx", new string('0', 64), FileBytes, "application/onnx")],
        Inputs = [],
        Outputs = [],
        Stride = 1,
        Opset = 17,
        Rows = [],
        Classes = [],
        PixelThreshold = 0.5,
    };

    /// <summary>Answers every request by its path.</summary>
    private sealed class Answers(Func<string, HttpContent> content) : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://registry.test") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content(request.RequestUri!.AbsolutePath), RequestMessage = request });
    }

    /// <summary>So many blanks, of which it counts how many were taken.</summary>
    private sealed class Blanks(long length) : Stream
    {
        public long Taken { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - Taken);
            buffer.AsSpan(offset, read).Fill((byte)' ');
            Taken += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
