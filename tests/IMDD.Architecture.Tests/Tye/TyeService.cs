namespace IMDD.Architecture.Tests.Tye;

/// <summary>A service of a <c>tye.yaml</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Project, executable, … it is made from.</param>
/// <param name="Port">Port of its first binding, or null.</param>
public sealed record TyeService(string Name, string Source, string? Port);
