namespace Promethean.Workers;

/// <summary>One distinct word of a page.</summary>
internal struct PageTerm
{
    public uint Hash;

    /// <summary>Where the word first stands, and its length.</summary>
    public int Start;
    public int Length;

    public int Count;

    /// <summary>The index of its first token.</summary>
    public int First;

    /// <summary>How often it began with a capital behind another word of the same line.</summary>
    public int Capitals;

    /// <summary>How often it was written in capitals only.</summary>
    public int Acronyms;

    /// <summary>How often a punctuation mark or the end of a line followed it.</summary>
    public int Closes;

    /// <summary>Carries no meaning of its own: a stop word, a number, a single letter.</summary>
    public bool IsStop;
}
