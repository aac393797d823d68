using System.Text;

namespace Promethean.JsonSchema.Tests;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("""{"properties":{"a":{"type":["string","null"]}}}""", """{"a":5}""", "/a: is the number 5, but must be a string or null")]
    [InlineData("""{"properties":{"topic":true},"additionalProperties":false}""", """{"Topic":5}""", "/Topic: is not a known member; \"topic\" is")]
    [InlineData("""{"properties":{"a":true,"b":true},"additionalProperties":false}""", """{"c/d":5}""", "/c~1d: is not a known member; known are \"a\", \"b\"")]
    [InlineData("""{"items":{"enum":["a",1]}}""", """["a",[2,3]]""", "/1: is an array of 2 items, but must be one of \"a\", 1")]
    [InlineData("""{"contains":{"type":"null"}}""", """[1]""", "(the whole): has 0 of its 1 item satisfying 'contains', but must have at least 1")]
    [InlineData("""{"maxLength":3}""", "\"abcdé\"", "(the whole): is the string \"abcdé\" of 5 characters, but must have at most 3")]
    [InlineData("""{"propertyNames":{"maxLength":1}}""", """{"ab":1}""", "/ab: has a name that is the string \"ab\" of 2 characters, but must have at most 1")]
    [InlineData("""{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}""", """{"a":1,"b":1}""", "/b: is not a known member here")]
    [InlineData("""{"properties":{"t":{"description":"segments and dots","pattern":"^a"}}}""", """{"t":"b"}""", "/t: is the string \"b\", which does not match ^a (segments and dots)")]
    [InlineData("""{"uniqueItems":true}""", """[1,2,1.0]""", "/2: is the number 1.0, as is /0, but items must differ")]
    [InlineData("""{"oneOf":[{"type":"string"},{"maxLength":3}]}""", "\"a\"", "(the whole): satisfies more than one alternative, #/oneOf/0 and #/oneOf/1, but must satisfy exactly one")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", "(the whole): has the member \"a\", so it needs \"b\"")]
    [InlineData("""false""", "1", "(the whole): must not be there: the schema allows no value here")]
    public void The_first_error_says_what_was_found_and_what_was_wanted(string schema, string text, string expected) =>
        JsonSchemaValidator.Compile(schema).FirstError(Encoding.UTF8.GetBytes(text)).Should().Be(expected);

    [Fact]
    public void An_error_names_the_place_in_the_text_the_way_and_the_keyword_itself()
    {
        var schema = JsonSchemaValidator.Compile("""{"$id":"http://a.example/s","properties":{"list":{"items":{"$ref":"#/$defs/n"}}},"$defs":{"n":{"allOf":[{"type":"integer"}]}}}""");
        var error = schema.Evaluate("""{"list":[1,"x"]}"""u8).Errors.Should().ContainSingle().Subject;
        error.InstanceLocation.Should().Be("/list/1");
        error.KeywordLocation.Should().Be("/properties/list/items/$ref/allOf/0/type");
        error.AbsoluteLocation.Should().Be("http://a.example/s#/$defs/n/allOf/0/type");
    }

    [Fact]
    public void Of_several_alternatives_the_error_tells_what_keeps_the_value_from_the_nearest()
    {
        var schema = JsonSchemaValidator.Compile("""
            {"oneOf":[
              {"required":["kind"],"properties":{"kind":{"const":"circle"},"radius":{"type":"number"}}},
              {"required":["kind","side"],"properties":{"kind":{"const":"square"},"side":{"type":"number"}}}]}
            """);
        var result = schema.Evaluate("""{"kind":"square","side":"4"}"""u8);
        result.Errors[0].Message.Should().Be("satisfies none of 2 alternatives; the nearest is #/oneOf/1: /side: is the string \"4\", but must be a number");
        result.Errors[1].InstanceLocation.Should().Be("/side");
        result.Summary.Should().Be("/side: is the string \"4\", but must be a number");
    }

    [Fact]
    public void Errors_are_bounded()
    {
        var text = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("1", 1_000))}]");
        const string schema = """{"items":{"anyOf":[{"type":"string"},{"type":"null"}]}}""";
        JsonSchemaValidator.Compile(schema).Evaluate(text).Errors.Should().HaveCount(32);
        JsonSchemaValidator.Compile(schema, new() { MaxErrors = 3 }).Evaluate(text).Errors.Should().HaveCount(3);
    }

    [Fact]
    public void A_long_or_unprintable_string_is_told_short_and_escaped()
    {
        var message = JsonSchemaValidator.Compile("""{"type":"null"}""").FirstError(Encoding.UTF8.GetBytes($"\"\\u001b\\n{new string('é', 500)}\""));
        message.Should().HaveLength(message!.Length).And.Contain("\\u001B\\n").And.Contain("…");
        message.Length.Should().BeLessThan(120);
    }
}
