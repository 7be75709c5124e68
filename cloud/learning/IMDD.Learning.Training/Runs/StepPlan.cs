namespace IMDD.Learning.Training.Runs;

/// <summary>
/// How many steps a number of CPU-minutes allows. The first steps of a process (compilation, caches, a heap that grows) take longer than the rest and are not measured.
/// </summary>
/// <param name="minutes">The budget, CPU-minutes.</param>
internal sealed class StepPlan(double minutes)
{
    /// <summary>Steps that are not measured.</summary>
    public const int WarmUp = 20;

    /// <summary>Steps that are.</summary>
    public const int Measured = 40;

    private int _seen;
    private double _spentAtWarmUp;
    private (long Step, double CpuSeconds)? _looked;

    /// <summary>Told of each step of this process.</summary>
    /// <param name="step">Steps taken by the run.</param>
    /// <param name="cpuSeconds">CPU time that they took.</param>
    /// <returns>All steps of the run, more than were taken; null: not known yet.</returns>
    public long? After(long step, double cpuSeconds)
    {
        _seen++;
        if (_seen == WarmUp)
        {
            _spentAtWarmUp = cpuSeconds;
        }

        if (_seen < WarmUp + Measured)
        {
            return null;
        }

        var perStep = (cpuSeconds - _spentAtWarmUp) / (_seen - WarmUp);
        return step + Math.Max(1, (long)((minutes * 60 - cpuSeconds) / perStep));
    }

    /// <summary>Told now and then of a run whose steps are planned: a machine that others use makes steps take longer than when they were measured.</summary>
    /// <param name="step">Steps taken by the run.</param>
    /// <param name="cpuSeconds">CPU time that they took.</param>
    /// <param name="steps">All that are planned.</param>
    /// <returns>Fewer, and at least one more than were taken, where the budget is less than those will take at the pace since it was last told; null: it is enough.</returns>
    public long? Fewer(long step, double cpuSeconds, long steps)
    {
        var looked = _looked;
        _looked = (step, cpuSeconds);
        if (looked is not { } last || step <= last.Step || step >= steps)
        {
            return null;
        }

        var perStep = (cpuSeconds - last.CpuSeconds) / (step - last.Step);
        var possible = step + Math.Max(1, (long)((minutes * 60 - cpuSeconds) / perStep));
        return possible < steps ? possible : null;
    }
}
