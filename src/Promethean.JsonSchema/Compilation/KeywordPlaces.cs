namespace Promethean.JsonSchema.Compilation;

/// <summary>The keywords of draft 2020-12 that hold schemas.</summary>
internal static class KeywordPlaces
{
    /// <summary>Whose value is a schema.</summary>
    public static readonly HashSet<string> One =
        ["additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"];

    /// <summary>Whose value is an array of schemas.</summary>
    public static readonly HashSet<string> Array = ["allOf", "anyOf", "oneOf", "prefixItems"];

    /// <summary>Whose value is an object of schemas; the metaschema still describes definitions.</summary>
    public static readonly HashSet<string> Map = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];
}
