namespace IMDD.Learning.Datasets.Words;

/// <summary>What a phrase names.</summary>
public enum PhraseKind
{
    Defect,
    Product,
    Material,
}
