namespace IMDD.Contracts.Models;

/// <summary>Probe images and how far this box may differ from the outputs recorded with them.</summary>
/// <param name="Digest">Digest of the probes' index file.</param>
/// <param name="Tolerance">Largest absolute difference of any probability.</param>
public sealed record BundleProbes(string Digest, double Tolerance);
