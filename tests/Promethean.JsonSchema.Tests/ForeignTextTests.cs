using System.Runtime.CompilerServices;
using System.Text;
using CsCheck;

namespace Promethean.JsonSchema.Tests;

/// <summary>Texts of strangers: whatever they are, they are judged and nothing is thrown.</summary>
public sealed class ForeignTextTests
{
    private static readonly string[] Schemas =
    [
        """{"type":["object","array"],"items":{"$ref":"#"},"additionalProperties":{"type":["string","number","object","array"]},"uniqueItems":true}""",
        """{"oneOf":[{"required":["a"],"properties":{"a":{"enum":[1,"x",null,[1,{}]]}}},{"type":"array","contains":{"const":1},"maxContains":2},{"pattern":"^x|\\d"}]}""",
        """{"allOf":[{"properties":{"a":{"$ref":"#"}}},{"if":{"type":"array"},"then":{"prefixItems":[{"multipleOf":0.3}]}}],"unevaluatedProperties":{"minLength":1},"unevaluatedItems":false}""",
        """{"$dynamicAnchor":"n","anyOf":[{"not":{"type":"object"}},{"propertyNames":{"pattern":"^.$"},"patternProperties":{"a":{"$dynamicRef":"#n"}},"dependentRequired":{"a":["b"]}}]}""",
        """{"$ref":"https://json-schema.org/draft/2020-12/schema"}""",
    ];

    private static readonly JsonSchemaValidator[] Compiled = [.. Schemas.Select(schema => JsonSchemaValidator.Compile(schema, new() { MaxErrors = 5 }))];

    private static readonly Gen<string> Scalar = Constant("1", "1.0", "0.3", "-12e2", "1e999", "\"\"", "\"x\"", "\"\\u0061\"", "\"\\ud83d\\udc32\"", "null", "true", "false", "\"é\"");

    private static readonly Gen<string> Json = Gen.Recursive<string>((depth, inner) => depth >= 4 ? Scalar : Gen.OneOf(
        Scalar,
        inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
        Gen.Select(Constant("a", "b", "type", "\\u0061", "items", "properties"), inner).Array[0, 4].Select(members => $"{{{string.Join(',', members.Select(member => $"\"{member.Item1}\":{member.Item2}"))}}}")));

    [Fact]
    public void Random_bytes_are_judged() => Gen.Byte.Array[0, 60].Sample(AssertJudged);

    [Fact]
    public void Json_is_judged_alike_with_and_without_errors() => Json.Sample(text => AssertJudged(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Json_with_a_few_bytes_changed_is_judged() =>
        Gen.Select(Json, Gen.Select(Gen.Int[0, 1000], Gen.Byte).Array[1, 3]).Sample((text, changes) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            foreach (var (at, value) in changes) bytes[at % bytes.Length] = value;
            AssertJudged(bytes);
        });

    [Theory]
    [InlineData("", "is not JSON*")]
    [InlineData("{\"a\":1} x", "is not JSON*")]
    [InlineData("{\"a\":\"\\ud800\"}", "has half a surrogate pair*")]
    [InlineData("[1,]", "is not JSON*")]
    public void What_is_no_text_is_not_valid_and_says_why(string text, string message)
    {
        var schema = JsonSchemaValidator.Compile("true");
        schema.IsValid(Encoding.UTF8.GetBytes(text)).Should().BeFalse();
        schema.Evaluate(Encoding.UTF8.GetBytes(text)).Errors.Should().ContainSingle().Which.Message.Should().Match(message);
    }

    [Fact]
    public void What_is_not_utf_8_is_not_valid() => JsonSchemaValidator.Compile("true").FirstError([(byte)'"', 0xC3, (byte)'"']).Should().Be("(the whole): is not UTF-8 text");

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(1_000_000, false)]
    public void Depth_is_bounded(int depth, bool valid)
    {
        var text = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        var schema = JsonSchemaValidator.Compile("""{"items":{"$ref":"#"}}""");
        schema.IsValid(text).Should().Be(valid);
        schema.FirstError(text).Should().Be(valid ? null : "(the whole): is nested deeper than 64 levels");
    }

    [Theory]
    [InlineData("""{"$dynamicAnchor":"a","$dynamicRef":"#a"}""")]
    [InlineData("""{"if":true,"then":{"$ref":"#"}}""")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}""")]
    [InlineData("""{"not":{"not":{"$ref":"#"}}}""")]
    public void A_schema_that_goes_in_circles_is_met_with_a_verdict(string schema)
    {
        var compiled = JsonSchemaValidator.Compile(schema);
        compiled.IsValid("1"u8).Should().BeFalse();
        compiled.Evaluate("1"u8).IsValid.Should().BeFalse();
        JsonSchemaValidator.Compile("true").IsValid("1"u8).Should().BeTrue();
    }

    [Theory]
    [InlineData("const")]
    [InlineData("uniqueItems")]
    public void A_deep_text_is_met_with_a_verdict_where_little_of_the_stack_is_left(string keyword)
    {
        const int depth = 250;
        var deep = new string('[', depth) + new string(']', depth);
        var items = string.Join(',', Enumerable.Repeat(new string('[', depth - 1) + new string(']', depth - 1), 9));
        var text = Encoding.UTF8.GetBytes(keyword == "const" ? deep : $"[{items}]");
        var schema = JsonSchemaValidator.Compile(keyword == "const" ? $$"""{"const":{{deep}} }""" : """{"uniqueItems":true}""", new() { MaxDepth = 256 });
        var atEase = schema.IsValid(text);
        var inNeed = true;
        var thread = new Thread(() => inNeed = WithLittleStack(() => schema.IsValid(text)), 1024 * 1024);
        thread.Start();
        thread.Join();
        atEase.Should().Be(keyword == "const");
        inNeed.Should().BeFalse();
    }

    [Fact]
    public async Task One_schema_is_used_by_many_threads_at_once()
    {
        var schema = Compiled[2];
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            var text = Encoding.UTF8.GetBytes($$"""{"a":{"b":"{{new string('x', i % 2)}}"} }""");
            return Enumerable.Range(0, 2_000).All(_ => schema.IsValid(text) == (i % 2 == 1) && schema.Evaluate(text).IsValid == (i % 2 == 1));
        })));
        verdicts.Should().OnlyContain(right => right);
    }

    // Unoptimised, so that the call does not become a jump, which would use up nothing.
    [MethodImpl(MethodImplOptions.NoOptimization | MethodImplOptions.NoInlining)]
    private static bool WithLittleStack(Func<bool> judge) =>
        RuntimeHelpers.TryEnsureSufficientExecutionStack() ? WithLittleStack(judge) : judge();

    private static Gen<string> Constant(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void AssertJudged(byte[] text)
    {
        foreach (var schema in Compiled)
        {
            var valid = schema.IsValid(text);
            var result = schema.Evaluate(text);
            if (result.IsValid != valid || (result.Errors.Count == 0) != valid || result.Errors.Count > 5)
            {
                throw new InvalidOperationException($"{schema.Location} judges {Encoding.UTF8.GetString(text)} valid: {valid}, but with errors {result.IsValid}: {result.Summary}");
            }
        }
    }
}
