namespace Promethean.JsonSchema;

/// <summary>A schema that cannot be compiled: which keyword, where, what is wrong with it.</summary>
public sealed class JsonSchemaException : Exception
{
    internal JsonSchemaException(string location, string problem, Exception? inner = null)
        : base($"{(location.Length == 0 ? "#" : location)}: {problem}", inner) => Location = location.Length == 0 ? "#" : location;

    /// <summary>The absolute location of the keyword, <c>https://example.com/a.json#/properties/x/type</c>; from <c>#</c> where the schema has no URI.</summary>
    public string Location { get; }
}
