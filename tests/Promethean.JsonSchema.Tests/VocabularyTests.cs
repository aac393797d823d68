using System.Text;

namespace Promethean.JsonSchema.Tests;

/// <summary>The keywords that look beyond their own schema: unevaluated members and items, dynamic references, vocabularies.</summary>
public sealed class VocabularyTests
{
    [Theory]
    [InlineData("""{"allOf":[{"properties":{"a":true}},{"unevaluatedProperties":false}]}""", """{"a":1}""", false)]
    [InlineData("""{"anyOf":[{"properties":{"a":true},"required":["a"]},{"properties":{"b":true},"required":["b"]}],"unevaluatedProperties":false}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"anyOf":[{"properties":{"a":true},"required":["c"]},true],"unevaluatedProperties":false}""", """{"a":1}""", false)]
    [InlineData("""{"not":{"not":{"properties":{"a":true}}},"unevaluatedProperties":false}""", """{"a":1}""", false)]
    [InlineData("""{"allOf":[{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":true}],"unevaluatedProperties":false}""", """{"a":1,"b":1}""", true)]
    [InlineData("""{"prefixItems":[true],"contains":{"const":7},"unevaluatedItems":false}""", """["x",7]""", true)]
    [InlineData("""{"prefixItems":[true],"contains":{"const":7},"unevaluatedItems":false}""", """["x",7,8]""", false)]
    [InlineData("""{"properties":{"n":{"$ref":"#"}},"if":{"required":["t"]},"then":{"properties":{"t":true}},"unevaluatedProperties":false}""", """{"t":1,"n":{"n":{"t":1}}}""", true)]
    [InlineData("""{"properties":{"n":{"$ref":"#"}},"if":{"required":["t"]},"then":{"properties":{"t":true}},"unevaluatedProperties":false}""", """{"t":1,"n":{"n":{"u":1}}}""", false)]
    public void What_no_other_keyword_evaluated_is_unevaluated(string schema, string text, bool valid) =>
        Judge(JsonSchemaValidator.Compile(schema), text, valid);

    [Theory]
    [InlineData("""{"value":1,"children":[{"value":2}]}""", true)]
    [InlineData("""{"value":1,"children":[{"valeu":2}]}""", false)]
    public void A_dynamic_reference_leads_to_the_outermost_anchor(string text, bool valid)
    {
        var options = new JsonSchemaOptions
        {
            Documents = new Dictionary<Uri, ReadOnlyMemory<byte>>
            {
                [new("http://a.example/tree")] = """{"$id":"http://a.example/tree","$dynamicAnchor":"node","properties":{"value":true,"children":{"items":{"$dynamicRef":"#node"}}}}"""u8.ToArray(),
            },
        };
        const string strict = """{"$id":"http://a.example/strict-tree","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false}""";
        Judge(JsonSchemaValidator.Compile(strict, options), text, valid);
    }

    [Fact]
    public void A_metaschema_says_which_vocabularies_count_and_one_that_is_unknown_and_required_is_refused()
    {
        var options = new JsonSchemaOptions
        {
            Documents = new Dictionary<Uri, ReadOnlyMemory<byte>>
            {
                [new("http://a.example/no-validation")] = """{"$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/core":true,"https://json-schema.org/draft/2020-12/vocab/applicator":true,"http://a.example/v":false}}"""u8.ToArray(),
                [new("http://a.example/unknown")] = """{"$vocabulary":{"http://a.example/v":true}}"""u8.ToArray(),
            },
        };
        Judge(JsonSchemaValidator.Compile("""{"$schema":"http://a.example/no-validation","properties":{"a":{"type":"null"}},"not":{"required":["b"]}}""", options), """{"a":1}""", false);
        FluentActions.Invoking(() => JsonSchemaValidator.Compile("""{"$schema":"http://a.example/unknown"}""", options))
            .Should().Throw<JsonSchemaException>().WithMessage("http://a.example/unknown#/$vocabulary: requires the vocabulary http://a.example/v, which is not supported");
    }

    private static void Judge(JsonSchemaValidator schema, string text, bool valid)
    {
        schema.IsValid(Encoding.UTF8.GetBytes(text)).Should().Be(valid);
        schema.Evaluate(Encoding.UTF8.GetBytes(text)).IsValid.Should().Be(valid);
    }
}
