namespace IMDD.Cloud.Curator;

/// <summary>How many words make a label.</summary>
public enum ReviewPolicy
{
    /// <summary>One rater's; the latest stands.</summary>
    One,

    /// <summary>Two raters who agree; where they do not, a third decides between them.</summary>
    Two,

    /// <summary>Three raters, of whom two must agree.</summary>
    Panel,
}
