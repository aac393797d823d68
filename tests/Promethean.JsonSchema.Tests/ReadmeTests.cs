namespace Promethean.JsonSchema.Tests;

public class ReadmeTests
{
    [Fact]
    public void The_example_runs()
    {
        using var output = new StringWriter();
        Example(output);

        output.ToString().ReplaceLineEndings("\n").Trim().Should().Be("""
            True
            /topic: is the string "Crawl pages", which does not match ^[a-z.]+$
            /id: is the number 1.5, but must be an integer
            """.ReplaceLineEndings("\n"));
    }

    private static void Example(TextWriter Console)
    {
        var schema = JsonSchemaValidator.Compile("""
            {
              "oneOf": [{ "$ref": "#/$defs/publish" }, { "$ref": "#/$defs/cancel" }],
              "$defs": {
                "publish": { "required": ["topic"], "properties": { "action": { "const": "publish" }, "topic": { "type": "string", "pattern": "^[a-z.]+$" } } },
                "cancel": { "required": ["id"], "properties": { "action": { "const": "cancel" }, "id": { "type": "integer" } } }
              }
            }
            """);

        Console.WriteLine(schema.IsValid("""{"action":"publish","topic":"crawl.pages"}"""u8));
        Console.WriteLine(schema.FirstError("""{"action":"publish","topic":"Crawl pages"}"""u8));
        Console.WriteLine(schema.At("/$defs/cancel").FirstError("""{"action":"cancel","id":1.5}"""u8));
    }
}
