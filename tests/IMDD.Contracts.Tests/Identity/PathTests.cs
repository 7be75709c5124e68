using CsCheck;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Tests.Identity;

public sealed class PathTests
{
    private const string Allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";

    [Fact]
    public void NamePart_AnyText_ValidExactlyByTheRule()
        => Gen.OneOf<string>(Gen.String[0, 40], Gen.Char[Allowed].Array[0, 33].Select(c => new string(c)), Gen.Char["aZ0-_/+#$. é\n"].Array[1, 3].Select(c => new string(c)))
            .Sample(
                text => NamePart.IsValid(text) == System.Text.RegularExpressions.Regex.IsMatch(
                    text, @"\A[a-z0-9][a-z0-9-]{0,30}\z", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)),
                iter: 10_000);

    [Fact]
    public void CameraPath_ValidText_IsItself()
        => Gen.Char[Allowed].Array[1, 31].Select(c => new string(c)).Where(NamePart.IsValid).Array[6].Select(p => string.Join('/', p)).Sample(
            text =>
            {
                var path = CameraPath.Parse(text);
                path.ToString().ShouldBe(text);
                CameraPath.Parse(path.ToString()).ShouldBe(path);
                AssetPath.Parse(path.Asset.ToString()).ShouldBe(path.Asset);
                text.ShouldStartWith(path.Asset.LinePath + "/");
            },
            iter: 1_000);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("acme/ulm/paint/line2")]
    [InlineData("acme/ulm/paint/line2/cell3/cam1")]
    [InlineData("acme//paint/line2/cell3")]
    [InlineData("Acme/ulm/paint/line2/cell3")]
    [InlineData("acme/ulm/+/line2/cell3")]
    [InlineData("acme/ulm/paint/line2/#")]
    [InlineData("acme/ulm/paint/line2/-cell3")]
    [InlineData("acme/ulm/paint/line2/cell3\n")]
    public void AssetPath_Malformed_RefusedInWords(string? text)
    {
        AssetPath.TryParse(text, out _, out var error).ShouldBeFalse();
        error.ShouldContain("expected");
        Should.Throw<FormatException>(() => AssetPath.Parse(text!));
    }

    [Theory]
    [InlineData("acme/ulm/paint/line2/cell3/box7", "box7", null)]
    [InlineData("acme/ulm/paint/line2/cell3/box7:left", "box7", "left")]
    public void AgentAddress_Text_IsItself(string text, string agent, string? group)
    {
        var address = AgentAddress.Parse(text);
        (address.Asset.ToString(), address.Agent, address.Group).ShouldBe(("acme/ulm/paint/line2/cell3", agent, group));
        (address.ToString(), address.Box.ToString()).ShouldBe((text, "acme/ulm/paint/line2/cell3/box7"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("box7")]
    [InlineData("acme/box7")]
    [InlineData("acme/ulm/paint/line2/cell3")]
    [InlineData("acme/ulm/paint/line2/cell3/")]
    [InlineData("acme/ulm/paint/line2/cell3/box7:")]
    [InlineData("acme/ulm/paint/line2/cell3/:left")]
    [InlineData("acme/ulm/paint/line2/cell3/box7:left:top")]
    [InlineData("acme/ulm/paint/line2/cell3/box7:Left")]
    [InlineData("acme/ulm/paint/line2/cell3:left/box7")]
    [InlineData("acme/ulm/paint/line2/cell3/box7/left")]
    [InlineData("acme/ulm/paint/line2/cell3/box7:left\n")]
    public void AgentAddress_Malformed_RefusedInWords(string? text)
    {
        AgentAddress.TryParse(text, out var address).ShouldBeFalse();
        address.ShouldBeNull();
        Should.Throw<FormatException>(() => AgentAddress.Parse(text!)).Message.ShouldContain(":group");
    }

    [Fact]
    public void AgentAddress_LongestAndLonger_AreTakenAndRefused()
    {
        var part = new string('a', 31);
        var longest = string.Join('/', Enumerable.Repeat(part, 6)) + ":" + part;
        AgentAddress.Parse(longest).ToString().ShouldBe(longest);
        Should.Throw<FormatException>(() => AgentAddress.Parse(longest + "a")).Message.Length.ShouldBeLessThan(300);
        AgentAddress.TryParse(new string('/', 100_000), out _).ShouldBeFalse();
    }

    [Fact]
    public void AssetPath_VeryLong_ErrorStaysShort()
    {
        AssetPath.TryParse(new string('/', 100_000), out _, out var error).ShouldBeFalse();
        error!.Length.ShouldBeLessThan(300);
    }

    [Theory]
    [InlineData("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", true)]
    [InlineData("sha256:9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", false)]
    [InlineData("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0", false)]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../aaaa", false)]
    [InlineData("md5:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08aaa", false)]
    [InlineData(null, false)]
    public void ContentDigest_IsValid_OnlyTheOneForm(string? text, bool valid) => ContentDigest.IsValid(text).ShouldBe(valid);

    [Fact]
    public void ContentDigest_OfEmpty_KnownDigest()
        => ContentDigest.Of([]).ShouldBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Fact]
    public async Task ContentDigest_OfStream_SameAsOfBytes()
    {
        byte[] bytes = [1, 2, 3];
        using var stream = new MemoryStream(bytes);
        (await ContentDigest.OfAsync(stream, TestContext.Current.CancellationToken)).ShouldBe(ContentDigest.Of(bytes));
    }
}
