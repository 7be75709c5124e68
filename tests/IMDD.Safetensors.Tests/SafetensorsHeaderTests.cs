using System.Buffers.Binary;
using System.Text;

namespace IMDD.Safetensors.Tests;

public sealed class SafetensorsHeaderTests
{
    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 1)]
    [InlineData("""{"__metadata__":{"k":"v"},"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]}}    """, 1)]
    [InlineData("""{"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},"a":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}""", 2)]
    [InlineData("""{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"none":{"dtype":"F32","shape":[4611686018427387904,0],"data_offsets":[8,8]}}""", 2)]
    public void Parse_WellFormed_IsRead(string header, int tensors) => Parse(header, 8).Entries.Count.ShouldBe(tensors);

    [Theory]
    [InlineData("[]", SafetensorsFault.Header, null)]
    [InlineData("", SafetensorsFault.Header, null)]
    [InlineData("{", SafetensorsFault.Header, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}x""", SafetensorsFault.Header, null)]
    [InlineData("""{"a\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", SafetensorsFault.Header, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[2]]]],"data_offsets":[0,8]}}""", SafetensorsFault.Shape, "a")]
    [InlineData("""{"__metadata__":[]}""", SafetensorsFault.Metadata, null)]
    [InlineData("""{"__metadata__":{"k":1}}""", SafetensorsFault.Metadata, null)]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", SafetensorsFault.Metadata, null)]
    [InlineData("""{"a":5}""", SafetensorsFault.Entry, "a")]
    [InlineData("""{"a":{}}""", SafetensorsFault.Entry, "a")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", SafetensorsFault.Entry, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", SafetensorsFault.Entry, "a")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", SafetensorsFault.Type, "a")]
    [InlineData("""{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", SafetensorsFault.Type, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", SafetensorsFault.Shape, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", SafetensorsFault.Shape, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", SafetensorsFault.Shape, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", SafetensorsFault.Shape, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", SafetensorsFault.Shape, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", SafetensorsFault.Shape, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", SafetensorsFault.Offsets, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", SafetensorsFault.Offsets, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", SafetensorsFault.Offsets, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", SafetensorsFault.Offsets, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", SafetensorsFault.Offsets, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", SafetensorsFault.Layout, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", SafetensorsFault.Layout, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", SafetensorsFault.Layout, "b")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", SafetensorsFault.Duplicate, "a")]
    public void Parse_Malformed_NamesTheFault(string header, SafetensorsFault fault, string? tensor)
    {
        var exception = Should.Throw<SafetensorsException>(() => Parse(header, 8));

        exception.Fault.ShouldBe(fault);
        exception.Tensor.ShouldBe(tensor);
        if (tensor is not null)
        {
            exception.Message.ShouldContain($"'{tensor}'");
        }
    }

    [Fact]
    public void Parse_BytesThatAreNotUtf8_IsRefused()
    {
        var json = Encoding.UTF8.GetBytes("""{"aa":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""");
        json[2] = 0xC3;

        Should.Throw<SafetensorsException>(() => SafetensorsHeader.Parse(json, 8)).Fault.ShouldBe(SafetensorsFault.Header);
    }

    [Theory]
    [InlineData(ulong.MaxValue, 1000, SafetensorsFault.Length)]
    [InlineData(993, 1000, SafetensorsFault.Length)]
    [InlineData(100_000_001, 1_000_000_000, SafetensorsFault.Length)]
    [InlineData(0x0000_0008_0403_4B50, 1000, SafetensorsFault.Pickle)]
    [InlineData(0x7565_0000_0028_0280, 1000, SafetensorsFault.Pickle)]
    public void JsonLength_TooLong_NamesTheFault(ulong word, long fileLength, SafetensorsFault fault)
    {
        var start = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(start, word);

        Should.Throw<SafetensorsException>(() => SafetensorsHeader.JsonLength(start, fileLength)).Fault.ShouldBe(fault);
    }

    [Fact]
    public void JsonLength_LengthThatLooksLikeAPickle_IsALength() => SafetensorsHeader.JsonLength([0x80, 2, 0, 0, 0, 0, 0, 0], 1000).ShouldBe(640);

    private static SafetensorsHeader Parse(string header, long dataLength) => SafetensorsHeader.Parse(Encoding.UTF8.GetBytes(header), dataLength);
}
