namespace IMDD.Architecture.Tests.Projects;

/// <summary>Where a project stands in the layout.</summary>
public enum Side
{
    Contracts,
    Shared,
    Edge,
    Learning,
    CloudService,
    Command,
    Tests,

    /// <summary>Code for readers of our topics to start from: it must work without anything of ours.</summary>
    Examples,
}
