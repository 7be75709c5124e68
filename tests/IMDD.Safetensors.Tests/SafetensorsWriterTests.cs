using IMDD.Testing;

namespace IMDD.Safetensors.Tests;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RemoveAbandoned_RemovesWhatNobodyWrites_OfThatFileAlone()
    {
        var path = _folder.File("a.safetensors");
        File.WriteAllText(_folder.File(".a.safetensors.abcdefgh.xyz"), "left by a killed one");
        File.WriteAllText(_folder.File(".b.safetensors.abcdefgh.xyz"), "another's");

        SafetensorsWriter.Write(path, [new("x", SafetensorsType.U8, [1], stream =>
        {
            SafetensorsWriter.RemoveAbandoned(path); // as if another process began the same file
            stream.WriteByte(1);
        })]);

        Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe([".b.safetensors.abcdefgh.xyz", "a.safetensors"]);
    }

    [Fact]
    public void CopyTo_LargerThanAPiece_IsTheSameBytes()
    {
        var data = new byte[(1 << 20) + 3];
        new Random(1).NextBytes(data);
        SafetensorsWriter.Write(_folder.File("large.safetensors"), [new("first", SafetensorsType.U8, [1], new byte[1]), new("large", SafetensorsType.U8, [data.Length], data)]);
        using var reader = SafetensorsReader.Open(_folder.File("large.safetensors"));
        using MemoryStream copied = new();

        reader.CopyTo(reader.Entry("large"), copied);

        copied.ToArray().SequenceEqual(data).ShouldBeTrue();
    }
}
