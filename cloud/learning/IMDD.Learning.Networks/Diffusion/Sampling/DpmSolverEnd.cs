namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>Where the multistep solver's last step goes.</summary>
public enum DpmSolverEnd
{
    /// <summary>To no noise at all; that step is of first order.</summary>
    Clean,

    /// <summary>To the noise of timestep 0, as diffusers did up to 0.26; of first order only in runs of fewer than 15 steps.</summary>
    FirstTimestep,
}
