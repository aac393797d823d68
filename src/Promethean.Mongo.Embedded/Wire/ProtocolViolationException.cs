namespace Promethean.Mongo.Embedded.Wire;

/// <summary>A client sent bytes after which nothing further on its connection can be understood: the connection is closed.</summary>
internal sealed class ProtocolViolationException(string message) : Exception(message);
