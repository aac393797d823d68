using System.Text;
using System.Text.Json;

namespace Promethean.JsonSchema.Tests;

public sealed class CompileTests
{
    [Theory]
    [InlineData("""{"type":5}""", "#/type: must be null, boolean, object*")]
    [InlineData("""{"type":["string","strin"]}""", "#/type: *strin")]
    [InlineData("""{"type":[]}""", "#/type: *")]
    [InlineData("""{"properties":{"a/b":{"minLength":-1}}}""", "#/properties/a~1b/minLength: must be an integer from 0, not -1")]
    [InlineData("""{"maxItems":1.5}""", "#/maxItems: *")]
    [InlineData("""{"multipleOf":0}""", "#/multipleOf: must be more than 0*")]
    [InlineData("""{"pattern":"(a"}""", "#/pattern: '(a' is no regular expression*")]
    [InlineData("""{"pattern":"(?i)a"}""", "#/pattern: *a group cannot begin with*")]
    [InlineData("""{"pattern":"\\p{Script=Greek}"}""", "#/pattern: *not supported*")]
    [InlineData("""{"patternProperties":{"*":true}}""", "#/patternProperties/?: *")]
    [InlineData("""{"allOf":[]}""", "#/allOf: *")]
    [InlineData("""{"anyOf":[true,3]}""", "#/anyOf/1: must be a schema (an object, true or false), not 3")]
    [InlineData("""{"required":["a","a"]}""", "#/required: must name each member once")]
    [InlineData("""{"enum":1}""", "#/enum: *")]
    [InlineData("""{"title":1}""", "#/title: must be a string, not 1")]
    [InlineData("""{"$id":"http://a.example/x#frag"}""", "*$id: must be a URI without a fragment")]
    [InlineData("""{"$anchor":"1a"}""", "#/$anchor: must be a name*")]
    [InlineData("""{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}""", "#/$defs/b/$anchor: two schemas*")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "*$schema: names *draft 2020-12*")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/none"}}}""", "#/properties/a/$ref: refers to #/$defs/none, but there is nothing at #/$defs/none")]
    [InlineData("""{"$id":"http://a.example/x/y","items":{"$ref":"z.json"}}""", "http://a.example/x/y#/items/$ref: refers to http://a.example/x/z.json, but no schema*")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "*never end")]
    [InlineData("""{"type":"string","type":"number"}""", "#: cannot be read: *")]
    [InlineData("""{"const":"\ud800"}""", "#: has half a surrogate pair*")]
    [InlineData("""{""", "#: is not JSON: *")]
    [InlineData("3", "#: must be a schema*")]
    public void A_wrong_schema_is_refused_with_the_place_of_its_keyword(string schema, string message)
    {
        var compile = () => JsonSchemaValidator.Compile(schema);
        compile.Should().Throw<JsonSchemaException>().WithMessage(message).Which.Location.Should().NotBeEmpty();
    }

    [Fact]
    public void The_compiler_refuses_what_the_metaschema_refuses()
    {
        var metaschema = JsonSchemaValidator.Compile("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""");
        foreach (var schema in (string[])["""{"type":5}""", """{"minLength":-1}""", """{"multipleOf":0}""", """{"allOf":[]}""", """{"required":["a","a"]}""", """{"title":1}""", """{"properties":{"a":7}}""", """{"$anchor":"1a"}""", """{"deprecated":1}"""])
        {
            metaschema.IsValid(Encoding.UTF8.GetBytes(schema)).Should().BeFalse(schema);
            FluentActions.Invoking(() => JsonSchemaValidator.Compile(schema)).Should().Throw<JsonSchemaException>(schema);
        }
    }

    [Fact]
    public void The_metaschema_compiles_and_satisfies_itself()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Promethean.sln"))) folder = folder.Parent!;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder.FullName, "src", "Promethean.JsonSchema", "Metaschemas"), "*.json"))
        {
            var text = File.ReadAllBytes(file);
            JsonSchemaValidator.Compile(text).FirstError(text).Should().BeNull(file);
        }
    }

    [Fact]
    public void References_lead_to_registered_documents_by_their_uri_and_by_their_id()
    {
        var options = new JsonSchemaOptions
        {
            BaseUri = new("http://a.example/main.json"),
            Documents = new Dictionary<Uri, ReadOnlyMemory<byte>>
            {
                [new("http://a.example/parts.json")] = """{"$defs":{"id":{"$anchor":"id","type":"integer"}}}"""u8.ToArray(),
                [new("http://b.example/stored-elsewhere")] = """{"$id":"urn:named:1","type":"string"}"""u8.ToArray(),
                [new("http://b.example/wrong-but-not-referred-to")] = "not even JSON"u8.ToArray(),
            },
        };
        var schema = JsonSchemaValidator.Compile("""{"properties":{"a":{"$ref":"parts.json#id"},"b":{"$ref":"urn:named:1"}}}""", options);
        schema.IsValid("""{"a":1,"b":"x"}"""u8).Should().BeTrue();
        schema.Evaluate("""{"a":"x","b":1}"""u8).Errors.Select(error => error.AbsoluteLocation).Should().Equal("http://a.example/parts.json#/$defs/id/type", "urn:named:1#/type");
        schema.Location.Should().Be("http://a.example/main.json#");
    }

    [Fact]
    public void A_place_without_a_schema_is_refused_and_one_in_a_resource_of_its_own_is_found()
    {
        var schema = JsonSchemaValidator.Compile("""{"$defs":{"a":{"$id":"http://a.example/a","items":{"type":"null"}}},"enum":[{"type":"null"}]}""");
        schema.At("/$defs/a/items").Location.Should().Be("http://a.example/a#/items");
        schema.TryAt("/enum/0", out _).Should().BeFalse();
        schema.TryAt("$defs", out _).Should().BeFalse();
        FluentActions.Invoking(() => schema.At("/$defs/b")).Should().Throw<ArgumentException>().WithMessage("No schema stands at '/$defs/b'*");
    }

    [Fact]
    public void A_schema_is_compiled_from_an_element_and_outlives_its_document()
    {
        JsonSchemaValidator schema;
        using (var document = JsonDocument.Parse("""{"const":[1,2]}""")) schema = JsonSchemaValidator.Compile(document.RootElement);
        schema.IsValid("[1,2.0]"u8.ToArray().AsMemory()).Should().BeTrue();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(257, 1)]
    [InlineData(1, 0)]
    public void Options_out_of_range_are_refused(int depth, int errors) =>
        FluentActions.Invoking(() => JsonSchemaValidator.Compile("true", new() { MaxDepth = depth, MaxErrors = errors })).Should().Throw<ArgumentOutOfRangeException>();
}
