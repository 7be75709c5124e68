using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Looks;

/// <summary>The words of looks. None of them names a kind of defect.</summary>
public static class LookWords
{
    private static readonly string[] Several = ["several", "many", "scattered", "a group of"];
    private static readonly string[] Soft = ["soft", "blurred", "faded"];
    private static readonly string[] Raised = ["raised", "embossed", "proud", "bulging"];
    private static readonly string[] Sunken = ["sunken", "recessed", "hollow", "deep"];
    private static readonly string[] Dark = ["dark", "black", "dull"];
    private static readonly string[] Bright = ["bright", "pale", "shiny", "glossy"];
    private static readonly string[] Coloured = ["coloured", "tinted", "stained in colour"];
    private static readonly string[] Straight = ["straight", "even"];
    private static readonly string[] Wavy = ["wavy", "winding"];
    private static readonly string[] Curled = ["curled", "coiled", "curly", "looping"];
    private static readonly string[] Spot = ["spot", "dot", "drop", "bead"];
    private static readonly string[] Line = ["line", "strand", "streak", "thread"];
    private static readonly string[] Patch = ["patch", "area", "flake", "region"];
    private static readonly string[] Ring = ["ring", "circle", "outline"];
    private static readonly string[] Stripes = ["stripes", "ripples", "waves", "ridges"];
    private static readonly string[] Rim = ["with a rim", "with a raised edge", "with a border"];
    private const int Variants = 16;

    /// <summary>Other words for a look: a function of it alone.</summary>
    public static IReadOnlyList<string> Synonyms(DefectLook look)
    {
        HashSet<string> texts = [look.Name];
        List<string> synonyms = [];
        for (var variant = 1; variant <= Variants; variant++)
        {
            // Drawn, so that words do not always meet the same others.
            SeededRandom random = new(((ulong)(uint)variant << 32) ^ Number(look));
            var text = Describe(look, random.Index);
            if (texts.Add(text))
            {
                synonyms.Add(text);
            }
        }

        return synonyms;
    }

    /// <summary>FNV-1a of its name: the same on every machine.</summary>
    private static ulong Number(DefectLook look) => look.Name.Aggregate(14695981039346656037UL, (hash, letter) => (hash ^ letter) * 1099511628211UL);

    /// <summary>Puts a look into words.</summary>
    /// <param name="look">The look.</param>
    /// <param name="choose">Of so many words, which one is taken, from 0.</param>
    internal static string Describe(DefectLook look, Func<int, int> choose)
    {
        List<string> words = [];
        Add(look.IsSeveral ? Several : []);
        Add(look.IsSoft ? Soft : []);
        Add(look.Relief switch { LookRelief.Raised => Raised, LookRelief.Sunken => Sunken, _ => [] });
        Add(look.Tone switch { LookTone.Dark => Dark, LookTone.Bright => Bright, LookTone.Coloured => Coloured, _ => [] });
        Add(look.Form != LookForm.Line ? [] : look.Bend switch { LookBend.Wavy => Wavy, LookBend.Curled => Curled, _ => Straight });
        Add(look.Form switch { LookForm.Spot => Spot, LookForm.Line => Line, LookForm.Patch => Patch, LookForm.Ring => Ring, _ => Stripes });
        if (look.IsSeveral)
        {
            words[^1] += "s";
        }

        Add(look.HasRim ? Rim : []);
        return string.Join(' ', words);

        void Add(string[] choices)
        {
            if (choices.Length > 0)
            {
                words.Add(choices[choose(choices.Length)]);
            }
        }
    }
}
