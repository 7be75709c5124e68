using System.Text.RegularExpressions;
using IMDD.Learning.Datasets.Words;

namespace IMDD.Learning.Datasets.Captions;

/// <summary>Reads the facts back out of a caption of <see cref="CaptionWriter"/>.</summary>
public sealed class CaptionParser
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly Vocabulary _vocabulary;
    private readonly Regex[] _openings = Patterns(CaptionGrammar.Openings);
    private readonly Regex[] _places = Patterns(CaptionGrammar.Places);
    private readonly Regex[] _shapes = Patterns(CaptionGrammar.Shapes);
    private readonly Regex[] _causes = Patterns([.. CaptionGrammar.DoubleCauses, .. CaptionGrammar.SingleCauses]);
    private readonly Dictionary<string, string> _products;
    private readonly Dictionary<string, string> _materials;
    private readonly Dictionary<string, string> _locations;
    private readonly Dictionary<string, string> _causeIds;

    public CaptionParser(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _products = Ids(vocabulary.File.Products);
        _materials = Ids(vocabulary.File.Materials);
        _locations = Ids(vocabulary.File.Locations);
        _causeIds = Ids(vocabulary.File.Causes);
    }

    /// <summary>The facts; null when the caption is not of this grammar or uses a word that is not in the vocabulary.</summary>
    public DefectFacts? Parse(string caption)
    {
        foreach (var opening in _openings)
        {
            if (opening.Match(caption) is { Success: true } o
                && First(_places, caption) is { } place && First(_shapes, caption) is { } shape && First(_causes, caption) is { } cause
                && Facts(o, place, shape, cause) is { } facts)
            {
                return facts;
            }
        }

        return null;
    }

    private DefectFacts? Facts(Match opening, Match place, Match shape, Match cause)
    {
        var defect = _vocabulary.Resolve(opening.Groups["defect"].Value);
        var causes = new[] { cause.Groups["cause1"].Value, cause.Groups["cause2"].Value }.Where(c => c.Length > 0).Select(c => _causeIds.GetValueOrDefault(c)).ToList();
        return defect is not null && !causes.Contains(null)
            && _products.TryGetValue(opening.Groups["product"].Value, out var product)
            && _materials.TryGetValue(opening.Groups["material"].Value, out var material)
            && _locations.TryGetValue(place.Groups["location"].Value, out var location)
            && CaptionGrammar.ParseCount(shape.Groups["count"].Value) is { } count
            && Key(CaptionGrammar.Orientations, shape.Groups["orientation"].Value) is { } orientation
            && Key(CaptionGrammar.Elongations, shape.Groups["elongation"].Value) is { } elongation
            && Key(CaptionGrammar.Scales, shape.Groups["scale"].Value) is { } scale
            && Key(CaptionGrammar.Patterns, shape.Groups["pattern"].Value) is { } pattern
            ? new DefectFacts
            {
                Defect = defect,
                Product = product,
                Material = material,
                Severity = opening.Groups["severity"].Value,
                Location = location,
                Orientation = orientation,
                Elongation = elongation,
                Scale = scale,
                Count = count,
                Pattern = pattern,
                Causes = [.. causes.OfType<string>()],
            }
            : null;
    }

    private static Match? First(Regex[] patterns, string caption) => patterns.Select(p => p.Match(caption)).FirstOrDefault(m => m.Success);

    private static T? Key<T>(IReadOnlyDictionary<T, string> words, string word)
        where T : struct
        => words.Where(w => w.Value == word).Select(w => (T?)w.Key).FirstOrDefault();

    private static Dictionary<string, string> Ids(IEnumerable<Term> terms)
    {
        Dictionary<string, string> ids = new(StringComparer.Ordinal);
        foreach (var term in terms)
        {
            foreach (var word in (IEnumerable<string>)[term.Name, .. term.Synonyms ?? []])
            {
                ids.TryAdd(word, term.Id);
            }
        }

        return ids;
    }

    private static Regex[] Patterns(string[] sentences) => Array.ConvertAll(sentences, s => new Regex(
        Regex.Replace(Regex.Escape(s).Replace("}", "\\}", StringComparison.Ordinal), @"\\\{(?<slot>\w+)\\\}", m => m.Groups["slot"].Value switch
        {
            "severity" => "(?<severity>minor|major|critical)",
            "count" => @"(?<count>\w+ regions?)",
            var slot => $"(?<{slot}>[^.;,]+?)",
        }, RegexOptions.ExplicitCapture, MatchTimeout),
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeout));
}
