using System.Text;
using CsCheck;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Tests.Events;

namespace IMDD.Contracts.Tests.Identity;

public sealed class EventIdTests
{
    private static readonly Gen<string> NameGen = Gen.Select(
        Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"], Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-"].Array[0, 30], (first, rest) => first + new string(rest));

    private static readonly Gen<CameraPath> CameraGen = NameGen.Array[6].Select(parts => CameraPath.Parse(string.Join('/', parts)));

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foo", "mzxw6")]
    [InlineData("foob", "mzxw6yq")]
    [InlineData("fooba", "mzxw6ytb")]
    [InlineData("foobar", "mzxw6ytboi")]
    public void Base32_Rfc4648Vectors_Match(string input, string expected)
        => EventId.Base32(Encoding.ASCII.GetBytes(input)).ShouldBe(expected);

    /// <summary>
    /// Fixed for ever: ids of outcomes already on Kafka must be found again. Made with
    /// <c>printf 'acme/ulm/paint/line2/cell3\ncam1\nb7-184467' | sha256sum</c>, the first 16 bytes through <c>base32</c>.
    /// </summary>
    [Fact]
    public void ForOutcome_KnownFrame_KnownId()
        => EventId.ForOutcome(CameraPath.Parse("acme/ulm/paint/line2/cell3/cam1"), "b7-184467").ShouldBe("iky2mnvt7asbma7xlynsdzt36m");

    [Fact]
    public void ForOutcome_DifferentFrames_DifferentIds()
        => Gen.Select(CameraGen, Gen.String[0, 12], CameraGen, Gen.String[0, 12]).Sample(
            (a, frameA, b, frameB) =>
            {
                var same = a == b && Encoding.UTF8.GetBytes(frameA).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(frameB));
                return (EventId.ForOutcome(a, frameA) == EventId.ForOutcome(b, frameB)) == same;
            },
            iter: 2_000);

    /// <summary>Nothing that moves a separator from one part to the next may meet another frame's id.</summary>
    [Theory]
    [InlineData("a/b/c/d/e/f", "g", "a/b/c/d/e/fg", "")]
    [InlineData("a/b/c/d/e/f", "x\ny", "a/b/c/d/e/f", "x")]
    [InlineData("a/b/c/d/e/f", "1", "a/b/c/d/e/f1", "1")]
    [InlineData("a/b/c/d/ef/g", "1", "a/b/c/d/e/fg", "1")]
    [InlineData("a/b/c/d/e/f", "\n1", "a/b/c/d/e/f", "1")]
    public void ForOutcome_SeparatorMoved_DifferentIds(string cameraA, string frameA, string cameraB, string frameB)
        => EventId.ForOutcome(CameraPath.Parse(cameraA), frameA).ShouldNotBe(EventId.ForOutcome(CameraPath.Parse(cameraB), frameB));

    [Fact]
    public void EveryId_OfOneFrame_IsItsOwn()
    {
        var outcome = Sample.OutcomeId;
        string[] ids = [outcome, EventId.ForDefect(outcome), EventId.ForFrameStored(outcome), EventId.ForReceipt(outcome)];
        ids.ShouldBeUnique();
        outcome.Length.ShouldBe(26);
    }

    [Fact]
    public void DeriveFrameId_EqualFramesWithinASecond_CountOnce()
    {
        var at = Sample.Time;
        var id = EventId.DeriveFrameId("imdd/v1/a", Sample.Digest, at);
        EventId.DeriveFrameId("imdd/v1/a", Sample.Digest, at.AddMilliseconds(999)).ShouldBe(id);
        EventId.DeriveFrameId("imdd/v1/a", Sample.Digest, at.ToOffset(TimeSpan.FromHours(9))).ShouldBe(id);
        EventId.DeriveFrameId("imdd/v1/a", Sample.Digest, at.AddSeconds(1)).ShouldNotBe(id);
        EventId.DeriveFrameId("imdd/v1/b", Sample.Digest, at).ShouldNotBe(id);
        EventId.DeriveFrameId("imdd/v1/a", ContentDigest.Of([1]), at).ShouldNotBe(id);
    }

    [Fact]
    public void ForWindow_EachRevision_IsItsOwn()
    {
        string[] ids =
        [
            EventId.ForWindow("a/b/c/d", Sample.Time, 60, 1), EventId.ForWindow("a/b/c/d", Sample.Time, 60, 2), EventId.ForWindow("a/b/c/d", Sample.Time, 3600, 1),
            EventId.ForWindow("a/b/c/e", Sample.Time, 60, 1), EventId.ForWindow("a/b/c/d", Sample.Time.AddMinutes(1), 60, 1),
        ];
        ids.ShouldBeUnique();
        EventId.ForWindow("a/b/c/d", Sample.Time.ToOffset(TimeSpan.FromHours(1)), 60, 1).ShouldBe(ids[0]);
    }

    /// <summary>A time loses what is below a microsecond when it is written; the id made before and after must be the same.</summary>
    [Fact]
    public void ForAlarm_TimeReadBack_SameId()
    {
        var since = Sample.Time.AddTicks(1234567);
        CloudEventText.TryParseTime(CloudEventText.Time(since), out var readBack).ShouldBeTrue();
        EventId.ForAlarm("a/b/c/d", "x", "raised", readBack).ShouldBe(EventId.ForAlarm("a/b/c/d", "x", "raised", since));
        EventId.ForAlarm("a/b/c/d", "x", "cleared", since).ShouldNotBe(EventId.ForAlarm("a/b/c/d", "x", "raised", since));
    }
}
