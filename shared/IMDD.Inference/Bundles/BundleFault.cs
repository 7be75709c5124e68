namespace IMDD.Inference.Bundles;

/// <summary>What is wrong with a bundle that is not taken.</summary>
public enum BundleFault
{
    /// <summary>A document breaks its own rules, or a file is missing or unlisted.</summary>
    Malformed,

    /// <summary>Nobody trusted has signed it.</summary>
    Signature,

    /// <summary>A file is not what the manifest says.</summary>
    Digest,

    /// <summary>Its words and its classes do not fit each other.</summary>
    Contract,

    /// <summary>It is older than what has run.</summary>
    Counter,

    /// <summary>Its time to be activated is over.</summary>
    Expired,

    /// <summary>It asks for a newer program.</summary>
    Version,
}
