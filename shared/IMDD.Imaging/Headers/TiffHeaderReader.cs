namespace IMDD.Imaging.Headers;

/// <summary>Reads the first picture of a TIFF (revision 6.0): strips or tiles, 8 or 16 bits, uncompressed, LZW, Deflate or PackBits.</summary>
internal static class TiffHeaderReader
{
    private const int Uncompressed = 1;
    private const int Lzw = 5;
    private const int Deflate = 8;
    private const int OldDeflate = 32946;
    private const int PackBits = 32773;
    private const int SeparatePlanes = 2;

    // A decoder allocates one strip or tile at a time: these may round the picture up to whole tiles and no more.
    private const int MaxTilePadding = 1024;

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var directory = new TiffDirectory(encoded);
        var width = directory.Scalar(TiffTag.ImageWidth);
        var height = directory.Scalar(TiffTag.ImageLength);
        var bits = directory.Scalar(TiffTag.BitsPerSample, absent: 1);
        var samples = directory.Scalar(TiffTag.SamplesPerPixel, absent: 1);
        var compression = directory.Scalar(TiffTag.Compression, absent: Uncompressed);
        var sampleFormat = directory.Scalar(TiffTag.SampleFormat, absent: 1);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
        {
            throw Reject.Corrupt($"TIFF header says {width} x {height}.");
        }

        if (bits is not (8 or 16) || sampleFormat != 1)
        {
            throw Reject.Unsupported($"TIFF of {bits} bits, sample format {sampleFormat} is not handled; expected 8 or 16, unsigned.");
        }

        if (samples is not (1 or 3 or 4))
        {
            throw Reject.Unsupported($"TIFF of {samples} samples per pixel is not handled; expected 1, 3 or 4.");
        }

        if (compression is not (Uncompressed or Lzw or Deflate or OldDeflate or PackBits))
        {
            throw Reject.Unsupported($"TIFF compression {compression} is not handled; expected none, LZW, Deflate or PackBits.");
        }

        return new ImageHeader(ImageFormat.Tiff, (int)width, (int)height, (int)bits, (int)samples);
    }

    public static void VerifyComplete(ReadOnlySpan<byte> encoded)
    {
        var header = Read(encoded);
        var directory = new TiffDirectory(encoded);
        var offsets = directory.Field(TiffTag.TileOffsets);
        var lengths = directory.Field(TiffTag.TileByteCounts);
        long unitWidth = header.Width;
        long unitHeight;
        var kind = "tiles";
        if (offsets.Count > 0)
        {
            unitWidth = directory.Scalar(TiffTag.TileWidth);
            unitHeight = directory.Scalar(TiffTag.TileLength);
        }
        else
        {
            kind = "strips";
            offsets = directory.Field(TiffTag.StripOffsets);
            lengths = directory.Field(TiffTag.StripByteCounts);
            unitHeight = Math.Min(directory.Scalar(TiffTag.RowsPerStrip, uint.MaxValue), (uint)header.Height);
        }

        if (unitWidth == 0 || unitHeight == 0 || unitWidth > header.Width + MaxTilePadding || unitHeight > header.Height + MaxTilePadding)
        {
            throw Reject.Corrupt($"TIFF has {kind} of {unitWidth} x {unitHeight} in {header.Width} x {header.Height}.");
        }

        var planes = directory.Scalar(TiffTag.PlanarConfiguration, absent: 1) == SeparatePlanes ? header.Channels : 1;
        var expected = ((header.Width + unitWidth - 1) / unitWidth) * ((header.Height + unitHeight - 1) / unitHeight) * planes;
        if (offsets.Count != expected || lengths.Count != expected)
        {
            throw Reject.Corrupt($"TIFF lists {offsets.Count} offsets and {lengths.Count} byte counts; expected {expected} {kind}.");
        }

        long total = 0;
        for (var index = 0; index < offsets.Count; index++)
        {
            var end = (long)offsets[index] + lengths[index];
            if (lengths[index] == 0 || end > encoded.Length)
            {
                throw Reject.CutShort("TIFF", end, encoded.Length);
            }

            total += lengths[index];
        }

        var pixelBytes = (long)header.Width * header.Height * header.Channels * (header.BitDepth / 8);
        if (directory.Scalar(TiffTag.Compression, absent: Uncompressed) == Uncompressed && total < pixelBytes)
        {
            throw Reject.CutShort("TIFF pixel data", pixelBytes, total);
        }
    }
}
