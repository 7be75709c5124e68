using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Words;

namespace IMDD.Learning.Training.Tests;

public sealed class NewWordTests
{
    [Fact]
    public void ToClass_WordOfTheVocabulary_HasItsIdSeverityAndWords()
    {
        var named = new NewWord("weld spatter", ["splash"], "Small drops of metal.").ToClass(Vocabulary.English);

        (named.Id, named.Name, named.Severity).ShouldBe(("spatter", "weld spatter", "minor"));
        named.Synonyms.ShouldBe(["spatter", "splash", "Small drops of metal."]);
    }

    [Fact]
    public void ToClass_SynonymOfTheVocabulary_NamesTheClass()
        => new NewWord("gloopy bits", ["weld spatter"], null).ToClass(Vocabulary.English).Id.ShouldBe("spatter");

    [Theory]
    [InlineData("Gloopy  Bits", "gloopy-bits")]
    [InlineData("  burr/3 ", "burr-3")]
    public void ToClass_UnknownWord_IsItsOwnId(string name, string id)
    {
        var named = new NewWord(name, [], null).ToClass(Vocabulary.English);

        (named.Id, named.Name, named.Severity).ShouldBe((id, name.Trim(), "major"));
        named.Synonyms.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("...")]
    [InlineData("")]
    [InlineData("good")]
    public void ToClass_NoName_SaysSo(string name)
        => Should.Throw<ArgumentException>(() => new NewWord(name, [], null).ToClass(Vocabulary.English)).Message.ShouldContain($"'{name}'");
}
