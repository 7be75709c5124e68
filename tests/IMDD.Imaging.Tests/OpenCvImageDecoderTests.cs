using System.Buffers.Binary;
using System.IO.Hashing;

namespace IMDD.Imaging.Tests;

public sealed class OpenCvImageDecoderTests
{
    private static readonly DecodeLimits Limits = new();
    private readonly OpenCvImageDecoder _decoder = new();

    [Fact]
    public void Decode_Png_GivesEveryPixel()
    {
        using var image = Pictures.Gradient(37, 21);

        using var decoded = _decoder.Decode(ImageEncoder.EncodePng(image), Limits);

        decoded.Width.ShouldBe(37);
        decoded.Height.ShouldBe(21);
        decoded.Pixels.ToArray().ShouldBe(image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decode_Bmp_GivesEveryPixel(bool topDown)
    {
        using var image = Pictures.Gradient(37, 21);

        using var decoded = _decoder.Decode(Pictures.Bmp(image, topDown), Limits);

        decoded.Pixels.ToArray().ShouldBe(image.Pixels.ToArray());
    }

    [Fact]
    public void Decode_Jpeg_KeepsColoursInTheirChannels()
    {
        using RgbImage image = new(64, 64);
        for (var index = 0; index < image.Pixels.Length; index += 3)
        {
            image.Pixels[index] = 200;
            image.Pixels[index + 1] = 100;
            image.Pixels[index + 2] = 30;
        }

        using var decoded = _decoder.Decode(ImageEncoder.EncodeJpeg(image, 95), Limits);

        ((int)decoded.Pixels[0]).ShouldBeInRange(197, 203);
        ((int)decoded.Pixels[1]).ShouldBeInRange(97, 103);
        ((int)decoded.Pixels[2]).ShouldBeInRange(27, 33);
    }

    [Fact]
    public void Decode_GreyPng_GivesThreeEqualChannels()
    {
        using var decoded = _decoder.Decode(ImageEncoder.EncodeGreyPng([0, 50, 100, 255], 2, 2), Limits);

        decoded.Pixels.ToArray().ShouldBe([0, 0, 0, 50, 50, 50, 100, 100, 100, 255, 255, 255]);
    }

    [Fact]
    public void Decode_SixteenBits_ScalesByTheWindow()
    {
        var tiff = Pictures.Tiff16(4, 1, [0, 1000, 1500, 2000]);

        using var full = _decoder.Decode(tiff, Limits);
        using var windowed = _decoder.Decode(tiff, Limits, (1000, 2000));

        full.Pixels.ToArray().ShouldBe([0, 0, 0, 4, 4, 4, 6, 6, 6, 8, 8, 8]);
        windowed.Pixels[0].ShouldBe((byte)0);
        windowed.Pixels[3].ShouldBe((byte)0);
        ((int)windowed.Pixels[6]).ShouldBeInRange(127, 128);
        windowed.Pixels[9].ShouldBe((byte)255);
    }

    [Fact]
    public void Decode_OrientationInExif_IsIgnored()
    {
        using var image = Pictures.Gradient(48, 16);
        var jpeg = ImageEncoder.EncodeJpeg(image);

        // Orientation 6: a viewer would turn the picture by 90 degrees.
        byte[] exif =
        [
            0xFF, 0xE1, 0x00, 0x22, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0,
            1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
        ];
        byte[] turned = [.. jpeg[..2], .. exif, .. jpeg[2..]];

        using var decoded = _decoder.Decode(turned, Limits);

        (decoded.Width, decoded.Height).ShouldBe((48, 16));
    }

    [Fact]
    public void Decode_EveryTruncationOfAJpeg_IsRejected()
    {
        using var image = Pictures.Gradient(40, 24);
        EveryTruncationIsRejected(ImageEncoder.EncodeJpeg(image));
    }

    [Fact]
    public void Decode_EveryTruncationOfAPng_IsRejected()
    {
        using var image = Pictures.Gradient(40, 24);
        EveryTruncationIsRejected(ImageEncoder.EncodePng(image));
    }

    [Fact]
    public void Decode_EveryTruncationOfABmp_IsRejected()
    {
        using var image = Pictures.Gradient(12, 7);
        EveryTruncationIsRejected(Pictures.Bmp(image));
    }

    [Fact]
    public void Decode_EveryTruncationOfATiff_IsRejected()
    {
        // The directory stands last and ends with four bytes that nothing needs.
        var tiff = Pictures.Tiff16(9, 5, Enumerable.Range(0, 45).Select(value => (ushort)(value * 1000)).ToArray());
        EveryTruncationIsRejected(tiff[..^4]);
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("bmp")]
    [InlineData("tiff")]
    public void Decode_AnyBitFlipped_DecodesOrRejects(string format)
    {
        using var image = Pictures.Gradient(17, 9);
        var bytes = format switch
        {
            "jpeg" => ImageEncoder.EncodeJpeg(image),
            "png" => ImageEncoder.EncodePng(image),
            "bmp" => Pictures.Bmp(image),
            _ => Pictures.Tiff16(9, 5, Enumerable.Range(0, 45).Select(value => (ushort)(value * 1000)).ToArray()),
        };
        var rejected = 0;

        // libjpeg writes a line of its own to standard error for a damaged scan, so that of a JPEG only every 16th bit is tried.
        for (var bit = 0; bit < bytes.Length * 8; bit += format == "jpeg" ? 16 : 1)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                using var decoded = _decoder.Decode(bytes, new DecodeLimits(MaxPixels: 1 << 20));
            }
            catch (ImageRejectedException exception)
            {
                exception.Message.ShouldNotBeNullOrWhiteSpace();
                rejected++;
            }

            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        rejected.ShouldBeGreaterThan(0);
        if (format == "png")
        {
            // Every bit of a PNG is under a check sequence or in a fixed signature.
            rejected.ShouldBe(bytes.Length * 8);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Decode_RandomBytesBehindASignature_AreRejected(int seed)
    {
        Random random = new(seed);
        byte[][] signatures =
        [
            [], [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [.. "BM"u8], [.. "II*\0"u8], [.. "MM\0*"u8],
        ];
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var bytes = new byte[random.Next(0, 400)];
            random.NextBytes(bytes);
            signatures[attempt % signatures.Length].AsSpan(0, Math.Min(bytes.Length, signatures[attempt % signatures.Length].Length)).CopyTo(bytes);

            Should.Throw<ImageRejectedException>(() => _decoder.Decode(bytes, Limits).Dispose());
        }
    }

    [Fact]
    public void Decode_HugePngHeader_IsTooLargeBeforeAnythingIsAllocated()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var rejection = Should.Throw<ImageRejectedException>(() => _decoder.Decode(PngHeader(65_000, 65_000), Limits));

        rejection.Reason.ShouldBe(ImageRejection.TooLarge);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Decode_HugeJpegHeader_IsTooLarge()
    {
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x11, 8, 0xFD, 0xE8, 0xFD, 0xE8, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];

        Should.Throw<ImageRejectedException>(() => _decoder.Decode(jpeg, Limits)).Reason.ShouldBe(ImageRejection.TooLarge);
    }

    [Fact]
    public void Decode_MoreBytesThanAllowed_IsTooLarge()
    {
        using var image = Pictures.Gradient(40, 24);
        var png = ImageEncoder.EncodePng(image);

        Should.Throw<ImageRejectedException>(() => _decoder.Decode(png, new DecodeLimits(MaxBytes: png.Length - 1)))
            .Reason.ShouldBe(ImageRejection.TooLarge);
    }

    [Theory]
    [InlineData("GIF89a__________", ImageRejection.Unsupported)]
    [InlineData("RIFF____WEBPVP8 ", ImageRejection.Unsupported)]
    [InlineData("____ftypavif____", ImageRejection.Unsupported)]
    [InlineData("P6\n2 2\n255\n_____", ImageRejection.Unsupported)]
    [InlineData("Not a picture at all", ImageRejection.Corrupt)]
    [InlineData("", ImageRejection.Corrupt)]
    public void Decode_OtherBytes_SayWhatWasExpected(string text, ImageRejection reason)
    {
        var rejection = Should.Throw<ImageRejectedException>(() => _decoder.Decode(System.Text.Encoding.ASCII.GetBytes(text), Limits));

        rejection.Reason.ShouldBe(reason);
        rejection.Message.ShouldContain("xpected");
    }

    [Fact]
    public void Decode_JpegWithThousandsOfScans_IsRejected()
    {
        using var image = Pictures.Gradient(16, 16);
        var jpeg = ImageEncoder.EncodeJpeg(image);
        var scan = jpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xDA });
        byte[] bomb = [.. jpeg[..^2], .. Enumerable.Repeat(jpeg[scan..^2], 1000).SelectMany(bytes => bytes), 0xFF, 0xD9];

        Should.Throw<ImageRejectedException>(() => _decoder.Decode(bomb, Limits)).Message.ShouldContain("scans");
    }

    [Fact]
    public void Decode_JpegWithBytesAfterItsEnd_Decodes()
    {
        using var image = Pictures.Gradient(16, 16);

        using var decoded = _decoder.Decode([.. ImageEncoder.EncodeJpeg(image), 0, 0, 0, 0], Limits);

        decoded.Width.ShouldBe(16);
    }

    [Fact]
    public void Decode_PngWhoseDataEndsEarly_IsRejected()
    {
        // Whole chunks with right check sequences, and a compressed stream of nothing.
        byte[] png = [.. PngHeader(64, 64), .. Chunk("IDAT"u8, [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]), .. Chunk("IEND"u8, [])];

        Should.Throw<ImageRejectedException>(() => _decoder.Decode(png, Limits)).Reason.ShouldBe(ImageRejection.Corrupt);
    }

    private static byte[] PngHeader(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = 2;
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR"u8, header)];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] typed = [.. type, .. data];
        var chunk = new byte[typed.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        typed.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(typed.Length + 4), Crc32.HashToUInt32(typed));
        return chunk;
    }

    private void EveryTruncationIsRejected(byte[] bytes)
    {
        using (_decoder.Decode(bytes, Limits))
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                Should.Throw<ImageRejectedException>(() => _decoder.Decode(bytes.AsSpan(0, length).ToArray(), Limits).Dispose(), $"{length} bytes");
            }
        }
    }
}
