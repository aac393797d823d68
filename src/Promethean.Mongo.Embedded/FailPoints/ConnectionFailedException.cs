namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary>A fail point closes the client's connection instead of answering.</summary>
internal sealed class ConnectionFailedException(string failPoint) : IOException($"closed by the fail point '{failPoint}'");
