namespace IMDD.Inference;

/// <summary>What is wrong with a model that does not run.</summary>
public enum SegmenterFault
{
    /// <summary>A run failed.</summary>
    Failed,

    /// <summary>The runtime does not load it.</summary>
    Load,

    /// <summary>The execution provider that it was to run on is not there, or does not start.</summary>
    Provider,

    /// <summary>Its inputs and outputs are others than the segmenter contract's.</summary>
    Contract,

    /// <summary>What it says is not a number.</summary>
    NotFinite,

    /// <summary>Its probes come out otherwise than recorded.</summary>
    Probe,
}
