namespace Promethean.Mongo.Embedded.Wire;

/// <summary>The flag bits of OP_MSG. A reader must refuse unknown bits among the lower sixteen.</summary>
[Flags]
internal enum OpMsgFlags : uint
{
    None = 0,
    ChecksumPresent = 1,
    MoreToCome = 2,
    ExhaustAllowed = 0x10000,
}
