using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Keywords;

namespace Promethean.JsonSchema.Compilation;

/// <summary>The vocabularies "applicator" and "unevaluated": schemas for parts of a value, and further schemas for the same one.</summary>
internal static class ApplicatorKeywords
{
    public static void ReadChildren(KeywordReader reader, List<Keyword> keywords, bool counts)
    {
        var properties = reader.Named("properties");
        var patterns = reader.Named("patternProperties");
        var additional = reader.One("additionalProperties");
        if (properties is not null || patterns is not null || additional is not null)
        {
            keywords.Add(new MembersKeyword(
                [.. (properties ?? []).Select(property => property.Name)],
                [.. (properties ?? []).Select(property => property.Schema)],
                [.. (patterns ?? []).Select(pattern => (reader.Pattern(JsonPointer.Append("patternProperties", pattern.Name), pattern.Name), pattern.Schema))],
                additional));
        }

        if (reader.One("propertyNames") is { } names) keywords.Add(new PropertyNamesKeyword(names));
        var prefix = reader.Many("prefixItems");
        var items = reader.One("items");
        if (prefix is not null || items is not null) keywords.Add(new ItemsKeyword(prefix ?? [], items));
        // The counts beside contains belong to the vocabulary "validation".
        var min = counts ? reader.Count("minContains") : null;
        var max = counts ? reader.Count("maxContains") : null;
        if (reader.One("contains") is { } contains) keywords.Add(new ContainsKeyword(contains, min ?? 1, max ?? long.MaxValue, min is not null));
    }

    public static void ReadBranches(KeywordReader reader, List<Keyword> keywords, SchemaNode node)
    {
        if (reader.Named("dependentSchemas") is { } dependent)
        {
            keywords.Add(new DependentSchemasKeyword([.. dependent.Select(rule => rule.Name)], [.. dependent.Select(rule => rule.Schema)]));
        }

        if (reader.Many("allOf") is { } all)
        {
            node.Always.AddRange(all.Select(schema => schema.Node));
            keywords.Add(new AllOfKeyword(all));
        }

        if (reader.Many("anyOf") is { } any) keywords.Add(new AnyOfKeyword(any));
        if (reader.Many("oneOf") is { } one) keywords.Add(new OneOfKeyword(one));
        if (reader.One("not") is { } not) keywords.Add(new NotKeyword(not));
        var then = reader.One("then");
        var otherwise = reader.One("else");
        if (reader.One("if") is { } condition) keywords.Add(new IfKeyword(condition, then, otherwise));
    }

    /// <summary>Answers whether there are any.</summary>
    public static bool ReadUnevaluated(KeywordReader reader, List<Keyword> keywords)
    {
        var items = reader.One("unevaluatedItems");
        var properties = reader.One("unevaluatedProperties");
        if (items is not null) keywords.Add(new UnevaluatedItemsKeyword(items));
        if (properties is not null) keywords.Add(new UnevaluatedPropertiesKeyword(properties));
        return items is not null || properties is not null;
    }
}
