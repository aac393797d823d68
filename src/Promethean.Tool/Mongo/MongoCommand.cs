using System.CommandLine;

namespace Promethean.Tool;

/// <summary><c>promethean mongo</c>.</summary>
internal static class MongoCommand
{
    public static Command Create() => new Verb("mongo", "A MongoDB-compatible server") { MongoServeVerb.Create() };
}
