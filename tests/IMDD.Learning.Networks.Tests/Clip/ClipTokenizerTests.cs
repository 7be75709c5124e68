using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Weights;
using IMDD.Testing;

namespace IMDD.Learning.Networks.Tests.Clip;

public sealed class ClipTokenizerTests : IDisposable
{
    private const string Vocabulary = """{"a": 0, "b": 1, "b</w>": 2, "ab</w>": 3, "<|startoftext|>": 4, "<|endoftext|>": 5}""";

    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encode_OwnVocabulary_IsUsed()
    {
        Write(Vocabulary, "#version: 0.2\na b</w>\n");

        ClipTokenizer.Open(_folder.Path).Encode(" AB ").ShouldBe([4, 3, 5]);
    }

    [Theory]
    [InlineData("ab", 4, new long[] { 4, 3, 5, 5 })]
    [InlineData("ab ab ab ab", 4, new long[] { 4, 3, 3, 5 })]
    [InlineData("", 2, new long[] { 4, 5 })]
    [InlineData("ab", 2, new long[] { 4, 5 })]
    public void Encode_FixedContext_IsCutOrFilledWithTheEnd(string text, int context, long[] expected)
    {
        Write(Vocabulary, "#version: 0.2\na b</w>\n");

        ClipTokenizer.Open(_folder.Path).Encode(text, context).ShouldBe(expected);
    }

    [Fact]
    public void Encode_Entities_AreDecodedTwice()
    {
        var tokenizer = ClipVocabulary.Open();

        tokenizer.Encode("scratch &amp;amp; dent").ShouldBe(tokenizer.Encode("scratch & dent"));
    }

    /// <summary>As Python's <c>html.unescape</c>: the longest beginning that is a name, numbers in either base, Windows-1252 between 80 and 9F, nothing for control characters.</summary>
    [Theory]
    [InlineData("scratch &amp dent", "scratch & dent")]
    [InlineData("5&plusmn1 &nltri;", "5±1 ⋪")]
    [InlineData("&notit; &NotEqualTilde;", "¬it; ≂\u0338")]
    [InlineData("&#8364;&#x20AC &#128;&#X80;", "€€ €€")]
    [InlineData("a&#1;&#xFFFE;b&#0;&#xD800;&#1114112;&#99999999999;", "ab\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("&#x41g&#;&#x;&nosuch;&&amp;lt", "Ag&#;&#x;&nosuch;&<")]
    public void Encode_CharacterReferences_AreThoseOfHtml5(string text, string decoded)
    {
        var tokenizer = ClipVocabulary.Open();

        tokenizer.Encode(text).ShouldBe(tokenizer.Encode(decoded.Replace("&", "&amp;amp;", StringComparison.Ordinal)));
    }

    /// <summary>As Python's <c>str.lower</c>: Σ behind a letter with case and before none is ς, whatever marks and points stand between.</summary>
    [Theory]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ΟΔΟΣ ΣΤΟ", "οδος στο")]
    [InlineData("Σ ΑΣ.Β ΑΣ.", "σ ασ.β ας.")]
    [InlineData("ΑΣ\u0301Β", "ασ\u0301β")]
    [InlineData("İΣ ⅧΣ 𝔸Σ 𐐀Σ 1Σ", "i\u0307ς ⅷς 𝔸ς 𐐨ς 1σ")]
    public void Encode_CapitalSigma_IsLowerAsItsPlaceInTheWord(string text, string lower)
    {
        var tokenizer = ClipVocabulary.Open();

        tokenizer.Encode(text).ShouldBe(tokenizer.Encode(lower));
    }

    /// <summary>Ids of OpenAI's expression in Python's regex module: a long s is an s, an iota below is passed over, and separators are white space at the edges alone.</summary>
    [Theory]
    [InlineData("it'ſ", new[] { 49406, 585, 6, 129, 379, 49407 })]
    [InlineData("<|ſtartoftext|>", new[] { 49406, 27, 91, 129, 123, 2002, 6659, 18169, 91, 285, 49407 })]
    [InlineData("a\u0345b", new[] { 49406, 320, 321, 49407 })]
    [InlineData("\u001Con\u001Fon\u001D", new[] { 49406, 525, 475, 525, 49407 })]
    public void Encode_RareCharacters_GiveTheReferencesIds(string text, int[] expected) => ClipVocabulary.Open().Encode(text).ShouldBe(expected);

    /// <summary>As OpenAI's scan for words has it: their names where a word may begin, in any case and out of entities, are ids; behind another sign they are not.</summary>
    [Theory]
    [InlineData("<|endoftext|>", new[] { 4, 5, 5 })]
    [InlineData("<|startoftext|>ab<|ENDofText|>", new[] { 4, 4, 3, 5, 5 })]
    [InlineData("ab <|endoftext|><|endoftext|> ab", new[] { 4, 3, 5, 5, 3, 5 })]
    [InlineData("&lt;|endoftext|&gt;ab", new[] { 4, 5, 3, 5 })]
    [InlineData("&amp;lt;|endoftext|>", new[] { 4, 5, 5 })]
    public void Encode_NamesOfSpecialTokens_AreTheirIds(string text, int[] expected)
    {
        Write(Vocabulary, "#version: 0.2\na b</w>\n");

        ClipTokenizer.Open(_folder.Path).Encode(text).ShouldBe(expected);
    }

    /// <summary>U+1D400 and U+20000 are letters: one word with the letters around them, as in OpenAI's tokenizer.</summary>
    [Theory]
    [InlineData("\U0001D400\U0001D401c d", new[] { 49406, 15889, 222, 15889, 223, 322, 323, 49407 })]
    public void Encode_LettersBeyondTheBasicPlane_AreLetters(string text, int[] expected) => ClipVocabulary.Open().Encode(text).ShouldBe(expected);

    [Fact]
    public void Encode_NameOfASpecialTokenBehindASign_IsSignsAndLetters()
    {
        var tokenizer = ClipVocabulary.Open();

        tokenizer.Encode("!<|endoftext|>").ShouldBe(tokenizer.Encode("!<| endoftext |>"));
        tokenizer.Encode("<|endoftext|").Count(id => id == tokenizer.End).ShouldBe(1);
    }

    [Fact]
    public void Encode_AnyText_GivesIdsOfTheVocabulary()
    {
        var tokenizer = ClipVocabulary.Open();
        Random random = new(4);
        for (var time = 0; time < 500; time++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(1, 0x3000))]);
            var ids = tokenizer.Encode(text);
            ids[0].ShouldBe(tokenizer.Start);
            ids[^1].ShouldBe(tokenizer.End);
            ids.ShouldAllBe(id => id >= 0 && id <= tokenizer.End);
        }
    }

    [Theory]
    [InlineData("[]", "", "vocab.json")]
    [InlineData("{", "", "not JSON")]
    [InlineData("""{"a": 0, "b": 0}""", "", "'b' is 0")]
    [InlineData("""{"a": 0, "a": 1}""", "", "'a' is 1")]
    [InlineData("""{"a": "0"}""", "", "'a' is \"0\"")]
    [InlineData("""{"a": -1}""", "", "'a' is -1")]
    [InlineData("""{"a": 7}""", "", "1 ids")]
    [InlineData("""{"a": 0}""", "", "<|startoftext|>")]
    [InlineData(Vocabulary, "a b", "merges.txt, line 1: 'a b'")]
    [InlineData(Vocabulary, "#version: 0.2\na b</w>\na b c", "line 3: 'a b c'")]
    [InlineData(Vocabulary, "a", "line 1: 'a'")]
    public void Open_Malformed_NamesFileAndEntry(string vocabulary, string merges, string expected)
    {
        Write(vocabulary, merges);

        Should.Throw<WeightsException>(() => ClipTokenizer.Open(_folder.Path)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Open_NoFiles_NamesTheMissingOne()
        => Should.Throw<WeightsException>(() => ClipTokenizer.Open(_folder.Path)).Message.ShouldContain("vocab.json: no such file");

    private void Write(string vocabulary, string merges)
    {
        File.WriteAllText(_folder.File("vocab.json"), vocabulary);
        File.WriteAllText(_folder.File("merges.txt"), merges);
    }
}
