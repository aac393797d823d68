namespace Promethean.Workers;

/// <summary>One to three words that may become a tag; an unused place is -1.</summary>
internal readonly record struct TagCandidate(int A, int B, int C, int Count, int First, double Score)
{
    public int Words => B < 0 ? 1 : C < 0 ? 2 : 3;

    /// <summary>The better score, then what stands first, then the longer.</summary>
    public bool IsBetterThan(in TagCandidate other) =>
        Score != other.Score ? Score > other.Score : First != other.First ? First < other.First : Words > other.Words;
}
