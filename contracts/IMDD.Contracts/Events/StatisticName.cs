namespace IMDD.Contracts.Events;

/// <summary>What is watched of a camera for drift. An open list: a reader must cope with a word it does not know.</summary>
public static class StatisticName
{
    /// <summary>Mean brightness of a frame, 0 to 255.</summary>
    public const string Brightness = "brightness";

    /// <summary>Standard deviation of the brightness within a frame, levels of 255.</summary>
    public const string Contrast = "contrast";

    /// <summary>Mean difference of neighbouring pixels, levels of 255: falls out of focus, rises with noise and with a coarser texture.</summary>
    public const string Sharpness = "sharpness";

    /// <summary>The model's score of the whole image, 0 to 1.</summary>
    public const string ImageScore = "image-score";

    /// <summary>Pass, fail and undecided.</summary>
    public const string Verdict = "verdict";

    /// <summary>Class of the worst region.</summary>
    public const string Class = "class";

    /// <summary>The model's embedding of the frame.</summary>
    public const string Embedding = "embedding";
}
