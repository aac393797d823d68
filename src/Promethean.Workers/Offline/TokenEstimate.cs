namespace Promethean.Workers;

/// <summary>What the offline models count as tokens: 1.3 a word, rounded up, twelve characters being a word at least.</summary>
internal static class TokenEstimate
{
    /// <summary>Longer words count as several, as the scripts without spaces need.</summary>
    public const int LongestWord = 12;

    public static int OfWords(int words) => ((words * 13) + 9) / 10;

    public static int Of(int words, int characters) => OfWords(Math.Max(words, (characters + LongestWord - 1) / LongestWord));

    public static int Of(in Sentence sentence) => Of(sentence.Words, sentence.End - sentence.Start);

    public static int WordsOf(in Sentence sentence) => Math.Max(sentence.Words, (sentence.End - sentence.Start + LongestWord - 1) / LongestWord);

    public static int WordsIn(int tokens) => (int)(tokens * 10L / 13);
}
