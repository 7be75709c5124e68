using System.Text;

namespace IMDD.Learning.Networks.Text;

/// <summary>
/// Turns words into numbers of a hash table: each word, and its runs of three to five letters with the word's ends marked (Bojanowski et al. 2017,
/// section 3.2). A function of the text alone: the same on every machine, now and later.
/// </summary>
public static class TextHash
{
    /// <summary>Rows of the table.</summary>
    public const int Buckets = 8192;

    private const int Shortest = 3;
    private const int Longest = 5;
    private const int MaxLetters = 4096;

    /// <summary>The numbers of a text, in its order; at least one.</summary>
    /// <exception cref="ArgumentException">No word in it, or more than 4,096 letters.</exception>
    public static long[] Of(string text)
    {
        if (text.Length > MaxLetters)
        {
            throw new ArgumentException($"The text has {text.Length} letters: expected at most {MaxLetters}.", nameof(text));
        }

        List<long> numbers = [];
        foreach (var word in Words(text))
        {
            AddWord($"<{word}>", numbers);
        }

        return numbers.Count > 0 ? [.. numbers] : throw new ArgumentException($"'{text}' has no word in it.", nameof(text));
    }

    /// <summary>The words of a text: runs of letters and digits, in lower case.</summary>
    public static IEnumerable<string> Words(string text)
    {
        StringBuilder word = new();
        foreach (var letter in text.ToLowerInvariant() + " ")
        {
            if (char.IsLetterOrDigit(letter))
            {
                word.Append(letter);
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }
    }

    private static void AddWord(string word, List<long> numbers)
    {
        numbers.Add(Bucket(word));
        for (var length = Shortest; length <= Longest; length++)
        {
            for (var start = 0; start + length <= word.Length; start++)
            {
                if (length < word.Length)
                {
                    numbers.Add(Bucket(word.AsSpan(start, length)));
                }
            }
        }
    }

    /// <summary>FNV-1a, 32 bits, over UTF-16 code units, low byte first.</summary>
    private static long Bucket(ReadOnlySpan<char> letters)
    {
        var hash = 2166136261u;
        foreach (var letter in letters)
        {
            hash = (hash ^ (byte)letter) * 16777619u;
            hash = (hash ^ (byte)(letter >> 8)) * 16777619u;
        }

        return hash % Buckets;
    }
}
