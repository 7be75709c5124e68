namespace IMDD.Cloud.Curator.Blind;

/// <summary>Where a frame stands with its blind look. The numbers are in the database.</summary>
public enum BlindLook
{
    /// <summary>Not drawn.</summary>
    None = 0,

    /// <summary>Drawn; first somebody looks who sees the prediction.</summary>
    Drawn = 1,

    /// <summary>The next person who has not seen the prediction looks without it.</summary>
    Owed = 2,

    /// <summary>A blind word stands.</summary>
    Given = 3,
}
