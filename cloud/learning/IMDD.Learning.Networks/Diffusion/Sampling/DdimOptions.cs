namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>Variants of the implicit sampler.</summary>
/// <param name="Eta">0: no noise of its own; 1: as much as the posterior.</param>
/// <param name="Offset">Added to every timestep; Stable Diffusion's configuration says 1.</param>
/// <param name="EndsClean">Whether the last step goes to no noise at all, or to that of timestep 0 as Stable Diffusion's configuration says.</param>
public sealed record DdimOptions(double Eta = 0, int Offset = 0, bool EndsClean = false);
