using IMDD.Learning.Networks.Clip;
using IMDD.Testing;

namespace IMDD.Learning.Networks.Tests.Clip;

/// <summary>CLIP's public vocabulary, always <c>../shared/golden/clip-bpe</c>: another golden folder brings no other.</summary>
internal static class ClipVocabulary
{
    public static string Folder => Repository.PathOf("..", "shared", "golden", "clip-bpe");

    public static ClipTokenizer Open()
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"no vocabulary at {Folder}");
        return ClipTokenizer.Open(Folder);
    }
}
