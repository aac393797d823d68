namespace Promethean.Workers;

/// <summary>One sentence of a page, or a line that is none.</summary>
internal struct Sentence
{
    public int Start;
    public int End;

    /// <summary>The index of its first token, and how many it has.</summary>
    public int FirstToken;
    public int Words;

    /// <summary>Whether it opens its line.</summary>
    public bool OpensLine;

    /// <summary>Whether it ends as sentences do.</summary>
    public bool IsTerminated;

    /// <summary>Whether it reads as a sentence rather than as code, a menu or a heading.</summary>
    public bool IsProse;

    /// <summary>Whether its end was cut off for its length.</summary>
    public bool IsCut;

    public double Score;
    public bool IsChosen;
}
