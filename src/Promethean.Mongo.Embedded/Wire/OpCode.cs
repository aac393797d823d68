namespace Promethean.Mongo.Embedded.Wire;

/// <summary>The message kinds of the MongoDB wire protocol that this server reads or writes.</summary>
internal enum OpCode
{
    Reply = 1,
    Query = 2004,

    /// <summary>Never offered, and so never answered.</summary>
    Compressed = 2012,

    Message = 2013,
}
