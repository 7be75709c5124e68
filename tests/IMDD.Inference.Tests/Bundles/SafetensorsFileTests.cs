using System.Buffers.Binary;
using System.Text;
using IMDD.Inference.Bundles;
using IMDD.Safetensors;

namespace IMDD.Inference.Tests.Bundles;

public sealed class SafetensorsFileTests
{
    private static readonly Float32Tensor[] Tensors =
    [
        new("a", [2, 3], new[] { 1f, -2f, 3f, 4f, 5f, float.Epsilon }),
        new("scalar", [], new[] { 7f }),
        new("empty", [0, 4], ReadOnlyMemory<float>.Empty),
    ];

    [Fact]
    public void Read_WhatWasWritten_IsEqual()
    {
        var read = SafetensorsFile.Read(SafetensorsFile.Write(Tensors));

        read.Count.ShouldBe(3);
        foreach (var tensor in Tensors)
        {
            read[tensor.Name].Shape.ShouldBe(tensor.Shape);
            read[tensor.Name].Values.ToArray().ShouldBe(tensor.Values.ToArray());
        }
    }

    [Fact]
    public void Read_Halves_AreTheNearestSingles()
    {
        var read = SafetensorsFile.Read(SafetensorsFile.Write([new("a", [4], new[] { 1f, -0.1f, 65504f, 3e-8f })], half: true));

        read["a"].Values.ToArray().ShouldBe([1f, (float)(Half)(-0.1f), 65504f, (float)(Half)3e-8f]);
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        var file = SafetensorsFile.Write(Tensors);
        for (var length = 0; length < file.Length; length++)
        {
            Should.Throw<SafetensorsException>(() => SafetensorsFile.Read(file.AsSpan(0, length)), $"{length} bytes");
        }
    }

    [Fact]
    public void Read_AnyBitFlipped_ReadsOrIsRefused()
    {
        var file = SafetensorsFile.Write(Tensors);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                SafetensorsFile.Read(file).ShouldNotBeEmpty();
            }
            catch (SafetensorsException exception)
            {
                exception.Message.ShouldNotBeNullOrWhiteSpace();
            }

            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"I16","shape":[4],"data_offsets":[0,8]}}""", "expected F32 or F16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "more than the file holds")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "more than the file holds")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "ends at 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "begins at 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "begins at 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "data_offsets")]
    [InlineData("""{"a":5}""", "needs dtype")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not JSON")]
    public void Read_Malformed_SaysWhat(string header, string expected)
        => Should.Throw<SafetensorsException>(() => SafetensorsFile.Read(File(header, 8))).Message.ShouldContain(expected);

    [Fact]
    public void Read_SameNameTwice_IsRefused()
    {
        var header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""";

        Should.Throw<SafetensorsException>(() => SafetensorsFile.Read(File(header, 8))).Message.ShouldContain("twice");
    }

    [Fact]
    public void Read_HeaderLongerThanTheCap_IsRefused()
    {
        var file = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);

        Should.Throw<SafetensorsException>(() => SafetensorsFile.Read(file)).Message.ShouldContain("at most 8");
    }

    private static byte[] File(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)json.Length);
        json.CopyTo(file, 8);
        return file;
    }
}
