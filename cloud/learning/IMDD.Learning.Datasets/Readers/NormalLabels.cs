namespace IMDD.Learning.Datasets.Readers;

/// <summary>Names of labels that mark no defect: they say that something is good, or are the background.</summary>
internal static class NormalLabels
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "No Fault", "no_defect", "good", "normal", "ok", "正常", "无瑕疵样本", "background", "_background_", "__background__", "__ignore__", "背景",
    };

    /// <summary>True for such a name, in capitals or not.</summary>
    public static bool Contains(string name) => Names.Contains(name);
}
