using System.Text.Json;
using IMDD.Testing;

namespace IMDD.Learning.Networks.Tests.Clip;

public sealed class ClipTokenizerGoldenTests
{
    public static TheoryData<string> Files => GoldenTensors.Cases("clip-tokenizer-cases*.json");

    [Theory]
    [MemberData(nameof(Files))]
    public void Encode_ReferenceTexts_GiveTheirIds(string name)
    {
        var path = GoldenFolder.Find(name, out var reason);
        Assert.SkipWhen(path is null, reason);
        var tokenizer = ClipVocabulary.Open();
        var cases = JsonDocument.Parse(File.ReadAllBytes(path!)).RootElement.GetProperty("cases").EnumerateArray().ToList();

        cases.ShouldNotBeEmpty();
        foreach (var item in cases)
        {
            var text = item.GetProperty("text").GetString()!;
            tokenizer.Encode(text).ShouldBe(item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), text);
        }
    }
}
