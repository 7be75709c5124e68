namespace IMDD.Inference.Recipes;

/// <summary>What is wrong with a signed recipe that is not taken.</summary>
public enum RecipeFault
{
    /// <summary>The document breaks its rules.</summary>
    Malformed,

    /// <summary>Nobody trusted has signed it, or it is no recipe's envelope.</summary>
    Signature,

    /// <summary>It is another recipe than the one asked for.</summary>
    Digest,

    /// <summary>It is older than one that was accepted.</summary>
    Counter,

    /// <summary>Its time to be put in force is over.</summary>
    Expired,
}
