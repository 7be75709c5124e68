using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using IMDD.Contracts.Identity;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Pictures;

/// <summary>A digest of what pictures show and of their truth, whatever they are called, wherever they lie and in whatever order they were read.</summary>
internal static class PictureContent
{
    /// <summary>The digest of what is learned from and what is judged by.</summary>
    /// <param name="classes">All classes, in the order of their numbers.</param>
    /// <param name="train">Pictures to learn from.</param>
    /// <param name="validation">Pictures to judge by.</param>
    public static string Digest(IReadOnlyList<TrainedClass> classes, IReadOnlyList<TrainingPicture> train, IReadOnlyList<TrainingPicture> validation)
    {
        var lines = train.Select(p => $"learned {Of(p, classes)}").Concat(validation.Select(p => $"judged {Of(p, classes)}")).Order(StringComparer.Ordinal);
        return ContentDigest.Of(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    private static string Of(TrainingPicture picture, IReadOnlyList<TrainedClass> classes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var shown = string.Join(' ', picture.ClassIndices.Select(index => $"{index + 1}={classes[index].Id}"));
        var boxes = string.Concat(picture.Boxes.Select(box => $" {box.X1:R},{box.Y1:R},{box.X2:R},{box.Y2:R}"));
        hash.AppendData(Encoding.UTF8.GetBytes($"{picture.Width} {picture.Height} {picture.IsDefective} {picture.WholeLabel} {shown}{boxes}\n"));
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var plane in (byte[]?[])[picture.Rgb, picture.Reference, picture.Mask, picture.Classes])
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, plane?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(plane ?? []);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
