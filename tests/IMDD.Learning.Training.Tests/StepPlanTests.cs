using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

public sealed class StepPlanTests
{
    private const double PerStep = 0.125; // exact in binary, as is all that is made of it here
    private const int Told = StepPlan.WarmUp + StepPlan.Measured;

    [Theory]
    [InlineData(0.125)]
    [InlineData(2.0)]
    public void After_StepsOfOneTime_AreAsManyAsTheMinutesAllow_WhateverTheFirstOnesTook(double warmUpSeconds)
    {
        var spent = StepPlan.WarmUp * warmUpSeconds + StepPlan.Measured * PerStep;

        Tell(new StepPlan(minutes: 2), first: 0, spentBefore: 0, warmUpSeconds).ShouldBe(Told + (long)((120 - spent) / PerStep));
    }

    /// <summary>A run that was stopped before it had a plan: what it has spent is spent, and the first steps of the new process are slow again.</summary>
    [Fact]
    public void After_ProcessThatGoesOn_CountsWhatWasSpentAndMeasuresAnew()
        => Tell(new StepPlan(minutes: 2), first: 30, spentBefore: 70, warmUpSeconds: 2).ShouldBe(30 + Told + (long)((120 - 70 - 40 - 5) / PerStep));

    [Fact]
    public void After_BudgetThatIsSpent_IsOneMoreStep() => Tell(new StepPlan(minutes: 0.1), first: 0, spentBefore: 0, warmUpSeconds: 1).ShouldBe(Told + 1);

    [Fact]
    public void Fewer_StepsThatTakeLongerThanMeasured_EndWithTheBudget()
    {
        StepPlan plan = new(minutes: 2);
        plan.Fewer(100, 12.5, steps: 960).ShouldBeNull("nothing is known of the pace yet");
        plan.Fewer(200, 25, steps: 960).ShouldBeNull("as fast as measured");
        plan.Fewer(300, 50, steps: 960).ShouldBe(300 + 280);
        plan.Fewer(400, 75, steps: 580).ShouldBeNull("what was planned anew fits");
        plan.Fewer(500, 80, steps: 580).ShouldBeNull("faster again: no more than planned");
        plan.Fewer(570, 140, steps: 580).ShouldBe(571, "what is spent is spent");
        plan.Fewer(571, 141, steps: 571).ShouldBeNull("it is at its end");
    }

    [Fact]
    public void Fewer_ProcessThatGoesOn_KnowsNoPaceYet() => new StepPlan(minutes: 2).Fewer(300, 119, steps: 960).ShouldBeNull();

    private static long Tell(StepPlan plan, long first, double spentBefore, double warmUpSeconds)
    {
        long? steps = null;
        for (var taken = 1; taken <= Told; taken++)
        {
            steps.ShouldBeNull();
            var spent = spentBefore + Math.Min(taken, StepPlan.WarmUp) * warmUpSeconds + Math.Max(0, taken - StepPlan.WarmUp) * PerStep;
            steps = plan.After(first + taken, spent);
        }

        return steps.ShouldNotBeNull();
    }
}
