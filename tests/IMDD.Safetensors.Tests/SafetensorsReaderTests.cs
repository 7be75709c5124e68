using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using IMDD.Testing;

namespace IMDD.Safetensors.Tests;

public sealed class SafetensorsReaderTests : IDisposable
{
    private const int Mutations = 5_000;
    private const int Seed = 20261124;

    private readonly TestDirectory _folder = new();

    private string File => _folder.File("weights.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_WhatWasWritten_IsEqual()
    {
        SafetensorsWriter.Write(File, Tensors(), new Dictionary<string, string> { ["note"] = "ü" });

        using var reader = SafetensorsReader.Open(File);

        reader.Header.Metadata["note"].ShouldBe("ü");
        (reader.Header.DataStart % 8).ShouldBe(0);
        reader.Header.Entries.Select(entry => entry.Name).ShouldBe(["single", "half", "brain", "index", "empty", "scalar"]);
        reader.Entry("half").Shape.ShouldBe([3, 1]);
        reader.Singles("single").ShouldBe([1f, -2.5f, float.Epsilon, float.MaxValue]);
        reader.Singles("half").ShouldBe([0.5f, -2f, (float)Half.MaxValue]);
        reader.Singles("brain").ShouldBe([1f, -2f]);
        reader.Singles("empty").ShouldBeEmpty();
        reader.Singles("scalar").ShouldBe([3.25f]);
        BinaryPrimitives.ReadInt64LittleEndian(reader.Bytes(reader.Entry("index"), 8, 8)).ShouldBe(-7);
    }

    [Fact]
    public void Open_Twice_GivesTheSameBytesWhenWrittenAgain()
    {
        SafetensorsWriter.Write(File, Tensors());
        var first = System.IO.File.ReadAllBytes(File);
        SafetensorsWriter.Write(File, Tensors());

        System.IO.File.ReadAllBytes(File).ShouldBe(first);
    }

    [Fact]
    public void Copy_EveryTensor_IsWhatIsMapped()
    {
        SafetensorsWriter.Write(File, Tensors());
        using var reader = SafetensorsReader.Open(File);

        foreach (var entry in reader.Header.Entries)
        {
            var copied = new byte[entry.Length];
            reader.Copy(entry, copied);
            copied.ShouldBe(reader.Bytes(entry, 0, copied.Length).ToArray());
        }

        Should.Throw<ArgumentOutOfRangeException>(() => reader.Copy(reader.Entry("half"), new byte[5]));
    }

    [Fact]
    public void Open_FileReplacedByARename_GoesOnWithTheOneThatWasOpened()
    {
        SafetensorsWriter.Write(File, Tensors());
        using var reader = SafetensorsReader.Open(File);
        SafetensorsWriter.Write(File, []);

        var copied = new byte[4];
        reader.Copy(reader.Entry("brain"), copied);
        copied.ShouldBe(reader.Bytes(reader.Entry("brain"), 0, 4).ToArray());
        reader.Singles("brain").ShouldBe([1f, -2f]);
    }

    [Fact]
    public void Bytes_BeyondTheTensor_IsRefused()
    {
        SafetensorsWriter.Write(File, Tensors());
        using var reader = SafetensorsReader.Open(File);
        var entry = reader.Entry("half");

        Should.Throw<ArgumentOutOfRangeException>(() => reader.Bytes(entry, 2, 6).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => reader.Bytes(entry, -1, 2).Length);
    }

    [Fact]
    public void Bytes_AfterDispose_IsRefused()
    {
        SafetensorsWriter.Write(File, Tensors());
        var reader = SafetensorsReader.Open(File);
        reader.Dispose();
        reader.Dispose();

        Should.Throw<ObjectDisposedException>(() => reader.Singles("single"));
    }

    [Fact]
    public void Singles_NameOrTypeThatIsNotThere_NamesFileAndTensor()
    {
        SafetensorsWriter.Write(File, Tensors());
        using var reader = SafetensorsReader.Open(File);

        var missing = Should.Throw<SafetensorsException>(() => reader.Singles("gone"));
        missing.Fault.ShouldBe(SafetensorsFault.Missing);
        missing.Message.ShouldContain("weights.safetensors");
        missing.Message.ShouldContain("'gone'");
        Should.Throw<SafetensorsException>(() => reader.Singles("index")).Fault.ShouldBe(SafetensorsFault.Type);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 8, 8, 0, 0 })]
    [InlineData(new byte[] { 0x80, 2, 0x7d, 0x71, 0, 0x28, 0x58, 0x0b, 0, 0 })]
    public void Open_Pickle_IsRefusedWithTheReason(byte[] start)
    {
        System.IO.File.WriteAllBytes(File, start);

        var exception = Should.Throw<SafetensorsException>(() => SafetensorsReader.Open(File));

        exception.Fault.ShouldBe(SafetensorsFault.Pickle);
        exception.Message.ShouldContain("runs the program inside it");
    }

    [Fact]
    public void Open_EveryTruncation_IsRefused()
    {
        SafetensorsWriter.Write(File, Tensors());
        var whole = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Should.Throw<SafetensorsException>(() => SafetensorsReader.Open(File), $"{length} bytes").Message.ShouldContain("weights.safetensors");
        }
    }

    /// <summary>What still opens can be read to its last byte; what does not says which file and why.</summary>
    [Fact]
    public void Open_FiveThousandMutations_ReadsOrNamesTheFault()
    {
        SafetensorsWriter.Write(File, Tensors(), new Dictionary<string, string> { ["config"] = "{}" });
        var whole = System.IO.File.ReadAllBytes(File);
        Random random = new(Seed);
        HashSet<SafetensorsFault> seen = [];
        for (var mutation = 0; mutation < Mutations; mutation++)
        {
            System.IO.File.WriteAllBytes(File, Mutate(whole, random));
            try
            {
                using var reader = SafetensorsReader.Open(File);
                foreach (var entry in reader.Header.Entries)
                {
                    reader.Bytes(entry, 0, (int)entry.Length).Length.ShouldBe((int)(entry.Elements * entry.Type.Bytes()));
                }
            }
            catch (SafetensorsException exception)
            {
                exception.Message.ShouldStartWith(File);
                exception.Message.Length.ShouldBeGreaterThan(File.Length + 10);
                seen.Add(exception.Fault);
            }
        }

        // The mutations are worth something only if they reach every check.
        Enum.GetValues<SafetensorsFault>().Except([SafetensorsFault.Missing, SafetensorsFault.Pickle]).Except(seen).ShouldBeEmpty();
    }

    [Fact]
    public void Write_TensorOfTheWrongLength_LeavesTheOldFile()
    {
        SafetensorsWriter.Write(File, Tensors());
        var before = System.IO.File.ReadAllBytes(File);

        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(File, [new("short", SafetensorsType.F32, [4], new byte[12])]))
            .Message.ShouldContain("'short' wrote 12 bytes; its shape says 16");

        System.IO.File.ReadAllBytes(File).ShouldBe(before);
        Directory.GetFiles(Path.GetDirectoryName(File)!).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("b", "__metadata__")]
    public void Write_NameThatCannotBe_IsRefused(string first, string second) => Should.Throw<ArgumentException>(
        () => SafetensorsWriter.Write(File, [new(first, SafetensorsType.U8, [1], new byte[1]), new(second, SafetensorsType.U8, [1], new byte[1])]));

    private static SafetensorsTensor[] Tensors() =>
    [
        new("single", SafetensorsType.F32, [2, 2], Bytes(1f, -2.5f, float.Epsilon, float.MaxValue)),
        new("half", SafetensorsType.F16, [3, 1], Bytes((Half)0.5f, (Half)(-2f), Half.MaxValue)),
        new("brain", SafetensorsType.BF16, [2], Bytes((ushort)0x3F80, (ushort)0xC000)),
        new("index", SafetensorsType.I64, [2], Bytes(3L, -7L)),
        new("empty", SafetensorsType.F32, [0, 4], Array.Empty<byte>()),
        new("scalar", SafetensorsType.F64, [], Bytes(3.25)),
    ];

    private static byte[] Bytes<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(whole);
        var header = Encoding.UTF8.GetString(whole, 8, headerLength);
        var data = whole.AsSpan(8 + headerLength).ToArray();
        switch (random.Next(6))
        {
            case 0:
                // A bit, anywhere.
                var flipped = whole.ToArray();
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                // A byte of the header, and the length word kept right.
                var bytes = Encoding.UTF8.GetBytes(header);
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return Compose(bytes, data);
            case 2:
                // A number in place of another.
                string[] numbers = ["-1", "0", "1", "7", "4294967296", "9223372036854775807", "18446744073709551616", "1e9", "[]", "\"4\""];
                return Compose(Replace(header, ["0", "2", "3", "4", "16"], numbers, random), data);
            case 3:
                string[] words = ["dtype", "shape", "data_offsets", "single", "half", "F32", "F16", "I64", "F99", "__metadata__", "config"];
                return Compose(Replace(header, words, words, random), data);
            case 4:
                var cut = random.Next(header.Length);
                return Compose(Encoding.UTF8.GetBytes(header.Remove(cut, random.Next(Math.Min(40, header.Length - cut)))), data);
            default:
                // Data that is too short, or longer than what the tensors cover.
                var length = random.Next(2 * data.Length);
                return Compose(Encoding.UTF8.GetBytes(header), [.. data.Take(length), .. new byte[Math.Max(0, length - data.Length)]]);
        }
    }

    private static byte[] Replace(string header, string[] what, string[] with, Random random)
    {
        var found = what[random.Next(what.Length)];
        var at = header.IndexOf(found, random.Next(header.Length), StringComparison.Ordinal);
        var replaced = at < 0 ? header : string.Concat(header.AsSpan(0, at), with[random.Next(with.Length)], header.AsSpan(at + found.Length));
        return Encoding.UTF8.GetBytes(replaced);
    }

    private static byte[] Compose(byte[] header, byte[] data)
    {
        var word = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, (ulong)header.Length);
        return [.. word, .. header, .. data];
    }
}
