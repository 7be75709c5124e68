namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>Which of a schedule's timesteps a sampler visits.</summary>
internal static class SamplerSteps
{
    /// <summary>Equal steps from timestep 0 (plus an offset) on, noisiest first: what diffusers calls leading.</summary>
    public static int[] Leading(NoiseSchedule schedule, int steps, int offset)
    {
        Check(schedule, steps);
        var stride = schedule.Steps / steps;
        int[] timesteps = [.. Enumerable.Range(0, steps).Select(step => (step * stride) + offset).Reverse()];
        return offset >= 0 && timesteps[0] < schedule.Steps
            ? timesteps
            : throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{steps} steps end outside the schedule's {schedule.Steps}.");
    }

    /// <summary>Equal steps that begin at the last timestep and would end at 0, noisiest first.</summary>
    public static int[] FromTheEnd(NoiseSchedule schedule, int steps)
    {
        Check(schedule, steps);

        // The stride first, as numpy's linspace has it: which way a half is rounded hangs on its last bit.
        var stride = (schedule.Steps - 1.0) / steps;
        return [schedule.Steps - 1, .. Enumerable.Range(1, steps - 1).Select(step => (int)Math.Round(stride * step, MidpointRounding.ToEven)).Reverse()];
    }

    private static void Check(NoiseSchedule schedule, int steps)
    {
        if (steps < 1 || steps > schedule.Steps)
        {
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"Expected 1 to {schedule.Steps} steps.");
        }
    }
}
