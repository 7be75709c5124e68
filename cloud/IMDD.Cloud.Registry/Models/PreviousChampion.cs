namespace IMDD.Cloud.Registry.Models;

/// <summary>What becomes of the alias <c>previous</c> when another release is made the champion.</summary>
internal enum PreviousChampion
{
    /// <summary>It points to the champion that was.</summary>
    Remembered,

    /// <summary>It points to nothing: what was left behind is no place to go back to.</summary>
    Forgotten,

    /// <summary>It stays: the champion is the same content under another number.</summary>
    Kept,
}
