namespace Promethean.JsonSchema.Instances;

/// <summary>
/// One value on the tape, or the name of a member (a string before its value).
/// </summary>
internal struct Slot
{
    public TokenKind Kind;

    /// <summary>The text lies in the tape's side buffer, with its escapes resolved.</summary>
    public bool Aside;

    /// <summary>A name that comes again later in its object; the later one counts.</summary>
    public bool Shadowed;

    /// <summary>Where the text begins: of a string, after its quote.</summary>
    public int Start;

    /// <summary>Bytes of text; of an array or object, how many items or members it has, shadowed ones left out.</summary>
    public int Length;

    /// <summary>The slot after this value and all in it.</summary>
    public int End;
}
