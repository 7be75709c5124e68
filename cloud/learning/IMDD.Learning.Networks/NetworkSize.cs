namespace IMDD.Learning.Networks;

/// <summary>How much a network can hold and costs; the README beside this file has parameters, multiply-accumulates and times.</summary>
public enum NetworkSize
{
    /// <summary>For boxes that can spare little.</summary>
    Nano,

    /// <summary>What an edge box runs by default.</summary>
    Small,

    /// <summary>Where accuracy counts more than time.</summary>
    Base,
}
