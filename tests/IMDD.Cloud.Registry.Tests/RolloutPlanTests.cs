using IMDD.Cloud.Registry.Rollouts;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Who is in which wave.</summary>
public sealed class RolloutPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(10, "10,50,100", "1,4,5")]
    [InlineData(11, "10,50,100", "2,4,5")]
    [InlineData(3, "10,20,100", "1,1,1")]
    [InlineData(1, "100", "1")]
    [InlineData(1000, "0.1,0.2,33.3", "1,1,331")]
    [InlineData(200, "7,14", "14,14")]
    public void Settle_Percents_AreRoundedUpAndHaveAtLeastOneAgent(int fleet, string percents, string expected)
        => string.Join(',', Settle(fleet, percents).Select(wave => wave.Count)).ShouldBe(expected);

    [Fact]
    public void Settle_AgainInAnyOrder_IsTheSameAndAnotherRolloutIsAnother()
    {
        var fleet = Fleet(40);
        RolloutWave[] waves = [new() { Percent = 25 }, new() { Percent = 100 }];
        var first = RolloutPlan.Settle("r1", waves, fleet);

        RolloutPlan.Settle("r1", waves, [.. fleet.Reverse()]).SelectMany(wave => wave).ShouldBe(first.SelectMany(wave => wave));
        RolloutPlan.Settle("r2", waves, fleet)[0].ShouldNotBe(first[0]);
        first.SelectMany(wave => wave).Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public void Settle_LinesAndAgentsBeforeShares_CountTowardsThem()
    {
        var fleet = Fleet(10);
        var waves = RolloutPlan.Settle(
            "r1",
            [
                new() { Agents = ["acme/ulm/paint/line1/cell1/box1", "acme/ulm/press/line9/cell1/new"] },
                new() { Lines = ["acme/ulm/paint/line0"] },
                new() { Percent = 80 },
                new() { Percent = 100 },
            ],
            [.. fleet]);

        // Even numbers are on line0, odd ones on line1.
        waves[0].Select(agent => agent.ToString()).ShouldBe(["acme/ulm/paint/line1/cell1/box1", "acme/ulm/press/line9/cell1/new"]);
        waves[1].Count.ShouldBe(5);
        waves[1].ShouldAllBe(agent => agent.Asset.Line == "line0");
        (waves[2].Count, waves[3].Count).ShouldBe((2, 2));
    }

    [Fact]
    public void Settle_WaveWithoutAgents_IsRefusedByItsNumber()
    {
        Should.Throw<RegistryException>(() => Settle(1, "50,100")).Message.ShouldContain("Wave 2 has no agent");
        Should.Throw<RegistryException>(() => Settle(0, "100")).Message.ShouldContain("Wave 1 has no agent");
        Should.Throw<RegistryException>(() => RolloutPlan.Settle("r1", [new() { Lines = ["acme/ulm/paint/line7"] }], Fleet(4))).Status.ShouldBe(409);
    }

    [Theory]
    [InlineData(null, null, 0, null)]
    [InlineData(null, null, 1, "1 of 10 agents have failed and 0 may")]
    [InlineData(2, null, 2, null)]
    [InlineData(2, null, 3, "3 of 10 agents have failed and 2 may")]
    [InlineData(null, 20.0, 2, null)]
    [InlineData(null, 20.0, 3, "3 of 10 agents have failed and 20 % may")]
    [InlineData(5, 20.0, 3, "3 of 10 agents have failed and 20 % may")]
    [InlineData(1, 90.0, 2, "2 of 10 agents have failed and 1 may")]
    public void Excess_CountOrPercent_WhicheverIsExceededFirst(int? most, double? percent, int failed, string? expected)
        => RolloutPlan.Excess(new RolloutWave { Percent = 100, MaxFailed = most, MaxFailedPercent = percent }, failed, 10).ShouldBe(expected);

    [Fact]
    public void Check_WhatCannotBeUnderstood_IsRefusedWithTheWavesNumber()
    {
        Refused("0 waves");
        Refused("exactly one of", new RolloutWave());
        Refused("exactly one of", new RolloutWave { Percent = 10, Lines = ["acme/ulm/paint/line1"] });
        Refused("Wave 2 has 10 percent", new RolloutWave { Percent = 10 }, new RolloutWave { Percent = 10 });
        Refused("at most 100", new RolloutWave { Percent = 101 });
        Refused("percent", new RolloutWave { Percent = 0 });
        Refused("percent", new RolloutWave { Percent = double.NaN });
        Refused("is not a line", new RolloutWave { Lines = ["acme/ulm/paint"] });
        Refused("maxFailed", new RolloutWave { Percent = 10, MaxFailed = -1 });
        Refused("maxFailedPercent", new RolloutWave { Percent = 10, MaxFailedPercent = 200 });
        Refused("soakSeconds", new RolloutWave { Percent = 10, SoakSeconds = -1 });
        Refused("64", [.. Enumerable.Range(1, 65).Select(i => new RolloutWave { Percent = i })]);
        RolloutWave[] all = [new RolloutWave { Percent = 100 }];
        RolloutPlan.Check(all, new InstallWindow { NotAfter = Now.AddTicks(1) }, Now);
        Should.Throw<RegistryException>(() => RolloutPlan.Check(all, new InstallWindow { NotAfter = Now }, Now)).Message.ShouldContain("over");
        Should.Throw<RegistryException>(() => RolloutPlan.Check(all, new InstallWindow { NotBefore = Now.AddHours(2), NotAfter = Now.AddHours(2) }, Now)).Message.ShouldContain("empty");

        static void Refused(string message, params RolloutWave[] waves)
            => Should.Throw<RegistryException>(() => RolloutPlan.Check(waves, install: null, Now)).Message.ShouldContain(message);
    }

    private static IReadOnlyList<IReadOnlyList<AgentAddress>> Settle(int fleet, string percents) => RolloutPlan.Settle(
        "r1", [.. percents.Split(',').Select(percent => new RolloutWave { Percent = double.Parse(percent, System.Globalization.CultureInfo.InvariantCulture) })], Fleet(fleet));

    private static IReadOnlyList<AgentAddress> Fleet(int count)
        => [.. Enumerable.Range(0, count).Select(i => AgentAddress.Parse($"acme/ulm/paint/line{i % 2}/cell1/box{i}"))];
}
