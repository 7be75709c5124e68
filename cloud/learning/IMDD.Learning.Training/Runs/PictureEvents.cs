using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using IMDD.Imaging;
using Tensorboard;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// A TensorBoard event file of pictures. TorchSharp's own writer encodes pictures with SkiaSharp, whose native library is in no package it brings;
/// here they are PNG already. Records are framed as TFRecord: length, its masked CRC-32C, the event, its masked CRC-32C.
/// </summary>
internal sealed class PictureEvents : IDisposable
{
    private const uint MaskDelta = 0xa282ead8;
    private const int RgbColourSpace = 3;

    private readonly TimeProvider _time;
    private readonly FileStream _file;

    public PictureEvents(string folder, TimeProvider time)
    {
        _time = time;
        Directory.CreateDirectory(folder);
        var stamp = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        _file = new FileStream(Path.Combine(folder, $"events.out.tfevents.{stamp}.{Environment.ProcessId}.pictures"), FileMode.Create);
        Write(new Event { FileVersion = "brain.Event:2" });
    }

    /// <summary>Adds a picture.</summary>
    public void Write(string tag, long step, RgbImage image)
    {
        Summary summary = new();
        summary.Value.Add(new Summary.Types.Value
        {
            Tag = tag,
            Image = new Summary.Types.Image
            {
                Width = image.Width,
                Height = image.Height,
                Colorspace = RgbColourSpace,
                EncodedImageString = ByteString.CopyFrom(ImageEncoder.EncodePng(image)),
            },
        });
        Write(new Event { Step = step, Summary = summary });
    }

    public void Dispose() => _file.Dispose();

    private void Write(Event record)
    {
        record.WallTime = _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var bytes = record.ToByteArray();
        Span<byte> frame = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Mask(frame[..8]));
        _file.Write(frame);
        _file.Write(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Mask(bytes));
        _file.Write(frame[..4]);
        _file.Flush();
    }

    private static uint Mask(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return unchecked(BitOperations.RotateRight(~crc, 15) + MaskDelta);
    }
}
