namespace IMDD.Learning.Datasets.Captions;

/// <summary>The sentences of a caption, with a place for each fact. Writer and parser share them, so that what is said can be read back.</summary>
internal static class CaptionGrammar
{
    /// <summary>Product, material, severity and defect.</summary>
    public static readonly string[] Openings =
    [
        "A {product} made of {material} with {severity} {defect}.",
        "On this {product}, made of {material}, there is a {severity} {defect}.",
        "A {severity} {defect} on a {product} of {material}.",
        "Inspection of the {product} in {material} finds {defect} of {severity} severity.",
        "This close view of a {product} in {material} reveals {defect}, which counts as {severity}.",
    ];

    /// <summary>Where.</summary>
    public static readonly string[] Places =
    [
        "It lies in the {location}.",
        "The affected zone is the {location} of the part.",
        "Its place is the {location} of the frame.",
    ];

    /// <summary>Morphology.</summary>
    public static readonly string[] Shapes =
    [
        "The damage is {scale} and {elongation}, {orientation}, in {count} {pattern}.",
        "It is {elongation} and {scale}, {orientation}, {count} {pattern}.",
    ];

    /// <summary>One cause.</summary>
    public static readonly string[] SingleCauses =
    [
        "Likely cause: {cause1}.",
        "It usually comes from {cause1}.",
    ];

    /// <summary>Two causes.</summary>
    public static readonly string[] DoubleCauses =
    [
        "Likely causes: {cause1} or {cause2}.",
        "Such damage usually comes from {cause1}, sometimes from {cause2}.",
    ];

    /// <summary>What follows from the severity; says nothing that the severity does not, and varies the length.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Closings = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["minor"] = ["", "", "", "The part may still be accepted after a visual check."],
        ["major"] = ["", "", "", "The part needs rework before it can go on to the next station."],
        ["critical"] = ["", "", "", "The part must be taken out of the line at once and kept for analysis."],
    };

    public static readonly IReadOnlyDictionary<Orientation, string> Orientations = new Dictionary<Orientation, string>
    {
        [Orientation.None] = "without a clear direction",
        [Orientation.Horizontal] = "running horizontally",
        [Orientation.Vertical] = "running vertically",
        [Orientation.Rising] = "rising to the right",
        [Orientation.Falling] = "falling to the right",
    };

    public static readonly IReadOnlyDictionary<Elongation, string> Elongations = new Dictionary<Elongation, string>
    {
        [Elongation.Compact] = "compact",
        [Elongation.Elongated] = "elongated",
        [Elongation.ThreadLike] = "thread-like",
    };

    public static readonly IReadOnlyDictionary<DefectScale, string> Scales = new Dictionary<DefectScale, string>
    {
        [DefectScale.Tiny] = "tiny",
        [DefectScale.Small] = "small",
        [DefectScale.Medium] = "medium-sized",
        [DefectScale.Large] = "large",
        [DefectScale.Extensive] = "extensive",
    };

    public static readonly IReadOnlyDictionary<DefectPattern, string> Patterns = new Dictionary<DefectPattern, string>
    {
        [DefectPattern.Single] = "standing alone",
        [DefectPattern.Scattered] = "scattered apart",
        [DefectPattern.Clustered] = "clustered together",
        [DefectPattern.Aligned] = "aligned in a row",
        [DefectPattern.Radial] = "arranged radially",
    };

    private static readonly string[] Numbers =
        ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

    public static string Count(int count)
        => (count < Numbers.Length ? Numbers[count] : count.ToString(System.Globalization.CultureInfo.InvariantCulture)) + (count == 1 ? " region" : " regions");

    /// <summary>The number of a text from <see cref="Count"/>; null when it is not one.</summary>
    public static int? ParseCount(string text)
    {
        var word = text.Split(' ')[0];
        var index = Array.IndexOf(Numbers, word);
        return index > 0 ? index : int.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
