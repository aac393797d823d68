namespace Promethean.JsonSchema.Instances;

/// <summary>The kinds of JSON value, as bits, so that a schema's types are a mask.</summary>
[Flags]
internal enum TokenKind : byte
{
    None = 0,
    Null = 1,
    False = 2,
    True = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
}
