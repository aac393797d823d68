namespace Promethean.Workers;

/// <summary>What a character is to the words around it.</summary>
internal enum WordKind : byte
{
    /// <summary>Stands between words.</summary>
    None,

    /// <summary>A letter, a mark on one, or a digit of a script that parts words by spaces.</summary>
    Letter,

    /// <summary>A Chinese character.</summary>
    Han,

    /// <summary>Japanese grammar, mostly.</summary>
    Hiragana,

    /// <summary>Japanese loan words.</summary>
    Katakana,
}
