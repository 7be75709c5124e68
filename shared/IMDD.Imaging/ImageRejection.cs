namespace IMDD.Imaging;

/// <summary>Why bytes were not decoded.</summary>
public enum ImageRejection
{
    /// <summary>Not a readable image, or one cut short.</summary>
    Corrupt,

    /// <summary>More bytes or more pixels than the limits allow.</summary>
    TooLarge,

    /// <summary>A format that is not handled.</summary>
    Unsupported,
}
