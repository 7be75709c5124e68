using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

public sealed class NamingHeadTests
{
    /// <summary>A plant can teach the fleet a word without moving what the other words say.</summary>
    [Fact]
    public void Forward_ThreeHundredRowsAdded_OtherScoresStay()
    {
        using var scope = torch.NewDisposeScope();
        using NamingHead head = new();
        torch.manual_seed(11);
        var pixels = torch.nn.functional.normalize(torch.randn(500, 64), 2, 1);
        var rows = torch.nn.functional.normalize(torch.randn(12, 64), 2, 1);
        var added = torch.nn.functional.normalize(torch.randn(300, 64), 2, 1);

        var before = head.forward(pixels, rows).sigmoid();
        var after = head.forward(pixels, torch.cat([rows, added], 0)).sigmoid();

        after.shape.ShouldBe([500, 312]);
        after.slice(1, 0, 12, 1).ShouldBeWithin(before, 1e-6);
    }

    [Fact]
    public void Forward_RowsInAnotherOrder_ScoresMoveWithThem()
    {
        using var scope = torch.NewDisposeScope();
        using NamingHead head = new();
        var pixels = torch.nn.functional.normalize(torch.randn(50, 64), 2, 1);
        var rows = torch.nn.functional.normalize(torch.randn(5, 64), 2, 1);

        head.forward(pixels, rows.flip(0)).flip(1).ShouldBeWithin(head.forward(pixels, rows), 1e-5);
    }

    [Fact]
    public void Forward_ScoresOfTheRowItself_AreTheHighest()
    {
        using var scope = torch.NewDisposeScope();
        using NamingHead head = new();
        var rows = torch.nn.functional.normalize(torch.randn(20, 64), 2, 1);

        head.forward(rows, rows).argmax(1).data<long>().ToArray().ShouldBe(Enumerable.Range(0, 20).Select(i => (long)i));
    }
}
