using System.Text;

namespace Promethean.Vectors;

/// <summary>
/// Text to vector: words and their letter trigrams, hashed with signs. All sums run in the order of first appearance and
/// use only + - * / and the square root, which IEEE 754 rounds exactly, so the bits are the same everywhere.
/// </summary>
internal static class LexicalFeatures
{
    // Together the trigrams of a word weigh this much of the word itself: enough to find inflections and compounds.
    private const double TrigramShare = 0.6;

    public static float[] Embed(string text, int dimension)
    {
        var sums = new double[dimension];
        foreach (var (word, count) in Count(text))
        {
            var weight = Math.Sqrt(count);
            Add(sums, (byte)'w', word, weight);
            AddTrigrams(sums, word, weight);
        }

        var square = 0.0;
        foreach (var sum in sums) square += sum * sum;
        var vector = new float[dimension];
        if (square == 0) return vector;
        var length = Math.Sqrt(square);
        for (var i = 0; i < dimension; i++) vector[i] = (float)(sums[i] / length);
        return vector;
    }

    private static List<(string Word, int Count)> Count(string text)
    {
        var words = new List<(string Word, int Count)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in LexicalWords.Of(text))
        {
            if (places.TryGetValue(word, out var place))
            {
                words[place] = (word, words[place].Count + 1);
            }
            else
            {
                places.Add(word, words.Count);
                words.Add((word, 1));
            }
        }

        return words;
    }

    private static void AddTrigrams(double[] sums, string word, double weight)
    {
        Rune[] runes = [new('^'), .. word.EnumerateRunes(), new('$')];
        var trigrams = runes.Length - 2;
        if (trigrams < 2) return;
        var each = weight * TrigramShare / Math.Sqrt(trigrams);
        for (var i = 0; i < trigrams; i++)
        {
            Add(sums, (byte)'t', $"{runes[i]}{runes[i + 1]}{runes[i + 2]}", each);
        }
    }

    private static void Add(double[] sums, byte kind, string feature, double weight)
    {
        var hash = Fnv1a.Hash(kind, feature);
        var position = (int)Math.BigMul(hash << 1, (ulong)sums.Length, out _);
        sums[position] += (hash >> 63) == 0 ? weight : -weight;
    }
}
