using System.Globalization;

namespace IMDD.Learning.Networks.Tests.Diffusion;

/// <summary>How a file says a sampler was run: <c>eta=0, steps_offset=0, order 2, lower_order_final, 20 steps</c>.</summary>
internal sealed class SamplerWords
{
    private readonly Dictionary<string, string> _words;

    private SamplerWords(Dictionary<string, string> words) => _words = words;

    /// <summary>Steps that the words name; null where they do not.</summary>
    public int? Steps => _words.TryGetValue("steps", out var steps) ? int.Parse(steps, CultureInfo.InvariantCulture) : null;

    /// <summary>Reads the words. One that is not among the known ones is refused by its name: it may change what is computed.</summary>
    /// <param name="text">The words; null where the file says nothing, so that all are the reference's defaults.</param>
    /// <param name="known">Words that the test heeds, beside the number of steps.</param>
    public static SamplerWords Read(string? text, params IEnumerable<string> known)
    {
        Dictionary<string, string> words = new(StringComparer.Ordinal);
        foreach (var item in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = item.Split([' ', '='], 2, StringSplitOptions.TrimEntries);
            var (name, value) = parts is [var number, "steps"] ? ("steps", number) : (parts[0], parts.ElementAtOrDefault(1) ?? "True");
            words.Add(name, value);
        }

        words.Keys.Except(known.Append("steps")).ShouldBeEmpty($"words of '{text}' that are not known here");
        return new SamplerWords(words);
    }

    public string Text(string name, string byDefault) => _words.GetValueOrDefault(name, byDefault);

    public bool Flag(string name, bool byDefault) => !_words.TryGetValue(name, out var value) ? byDefault : bool.Parse(value);

    public int Whole(string name, int byDefault) => !_words.TryGetValue(name, out var value) ? byDefault : int.Parse(value, CultureInfo.InvariantCulture);

    public double Number(string name, double byDefault) => !_words.TryGetValue(name, out var value) ? byDefault : double.Parse(value, CultureInfo.InvariantCulture);
}
