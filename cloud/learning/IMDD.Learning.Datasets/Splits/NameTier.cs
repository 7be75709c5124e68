namespace IMDD.Learning.Datasets.Splits;

/// <summary>How new a defect's name is to a model that was trained on the base names.</summary>
public enum NameTier
{
    /// <summary>The name was trained on.</summary>
    SeenName,

    /// <summary>The name was not, but each of its words occurs in names that were.</summary>
    UnseenComposition,

    /// <summary>At least one word occurs in no name that was trained on.</summary>
    UnseenWord,
}
