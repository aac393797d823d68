using System.Text;

namespace Promethean.JsonSchema.Tests;

/// <summary>What counts as equal, as an integer, as a character.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("""{"type":"integer"}""", "1.0", true)]
    [InlineData("""{"type":"integer"}""", "1.5e1", true)]
    [InlineData("""{"type":"integer"}""", "1e-1", false)]
    [InlineData("""{"type":"integer"}""", "1e999999999", true)]
    [InlineData("""{"const":100}""", "1E+2", true)]
    [InlineData("""{"const":0}""", "-0.00e5", true)]
    [InlineData("""{"const":{"a":1,"b":[2]}}""", """{"b":[2.0],"a":1e0}""", true)]
    [InlineData("""{"const":{"a":1}}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"const":9007199254740993}""", "9007199254740992", false)]
    [InlineData("""{"maximum":1e400}""", "1e401", false)]
    [InlineData("""{"exclusiveMinimum":0.1}""", "0.10000000000000000000000000001", true)]
    [InlineData("""{"minimum":-5}""", "-5.01", false)]
    [InlineData("""{"minimum":123.45}""", "123.45", true)]
    [InlineData("""{"minimum":99.5}""", "123", true)]
    [InlineData("""{"multipleOf":0.01}""", "19.99", true)]
    [InlineData("""{"multipleOf":0.0001}""", "0.00751", false)]
    [InlineData("""{"multipleOf":3}""", "1e999999999", false)]
    [InlineData("""{"multipleOf":7}""", "7e999999999", true)]
    [InlineData("""{"multipleOf":1e-999999999}""", "1", true)]
    [InlineData("""{"multipleOf":123456789012345678901234567890}""", "246913578024691357802469135780", true)]
    [InlineData("""{"multipleOf":123456789012345678901234567891}""", "246913578024691357802469135780", false)]
    [InlineData("""{"maxLength":2}""", "\"\U0001F432\U0001F432\"", true)]
    [InlineData("""{"minLength":2}""", "\"\\ud83d\\udc32\"", false)]
    [InlineData("""{"required":["\u00e9"]}""", """{"\u00E9":1}""", true)]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":1,"\u0061":"x"}""", true)]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":"x","\u0061":1}""", false)]
    [InlineData("""{"maxProperties":1}""", """{"a":1,"a":2}""", true)]
    [InlineData("""{"uniqueItems":true}""", """[{"a":1,"b":2},{"b":2,"a":1.0}]""", false)]
    [InlineData("""{"uniqueItems":true}""", """[1,true,"1",[1],{"a":1},null,0,false,"",[]]""", true)]
    [InlineData("""{"uniqueItems":true}""", """[1,true,"1",[1],{"a":1},null,0,false,"",[],10e-1]""", false)]
    [InlineData("""{"format":"ipv4","contentMediaType":"application/json"}""", "\"neither\"", true)]
    public void A_value_is_judged_by_what_it_says(string schema, string text, bool valid) => Judge(schema, text, valid);

    [Theory]
    [InlineData("^a$", "a\n", false)]
    [InlineData("a", "bab", true)]
    [InlineData("^\\d$", "\u0664", false)]
    [InlineData("^\\w$", "é", false)]
    [InlineData("^\\W$", "é", true)]
    [InlineData("^\\s$", "\uFEFF", true)]
    [InlineData("^[^\\S]$", "\u2003", true)]
    [InlineData("^.$", "\U0001F432", true)]
    [InlineData("^.$", "\u2028", false)]
    [InlineData("^[\U0001F430-\U0001F440]+$", "\U0001F432\U0001F433", true)]
    [InlineData("^[^\U0001F430-\U0001F440]$", "\U0001F432", false)]
    [InlineData("^[^a]$", "\U0001F432", true)]
    [InlineData("^[\U0001F000-\U00020010]$", "\U0001FFFF", true)]
    [InlineData("^\\p{Lu}\\p{Lowercase_Letter}$", "Éé", true)]
    [InlineData("^\\P{L}$", "\U0001F432", true)]
    [InlineData("^[^\\P{L}]$", "x", true)]
    [InlineData("^[a-z-[x]]$", "x]", true)]
    [InlineData("^\\u{1F432}\\uD83D\\uDC32\\x41\\cA\\0$", "\U0001F432\U0001F432A\u0001\0", true)]
    [InlineData("^(?<x>a)\\k<x>(b)\\2$", "aabb", true)]
    [InlineData("^\\1(a)$", "a", true)]
    [InlineData("\\bcat\\b", "écaté", true)]
    [InlineData("^(?!x)[a-z]{2,3}$", "xa", false)]
    [InlineData("^a{,2}$", "a{,2}", true)]
    public void A_pattern_matches_as_in_ecma_262(string pattern, string text, bool valid) =>
        Judge($$"""{"pattern":{{System.Text.Json.JsonSerializer.Serialize(pattern)}}}""", System.Text.Json.JsonSerializer.Serialize(text), valid);

    [Fact]
    public void A_pattern_of_many_ways_is_matched_in_time()
    {
        var text = $"\"{new string('a', 40_000)}!\"";
        Judge("""{"pattern":"^(a+)+$"}""", text, false);
        Judge("""{"pattern":"^(?=a)(a+)+$"}""", text, false);
    }

    [Fact]
    public void A_large_array_or_object_is_compared_in_time()
    {
        var numbers = string.Join(',', Enumerable.Range(0, 200_000));
        Judge("""{"uniqueItems":true}""", $"[{numbers}]", true);
        Judge("""{"uniqueItems":true}""", $"[{numbers},3.0]", false);
        var members = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"{i}\":{i}"));
        var reversed = string.Join(',', Enumerable.Range(0, 100_000).Reverse().Select(i => $"\"{i}\":{i}"));
        Judge("""{"uniqueItems":true,"items":{"minProperties":100000}}""", $"[{{{members}}},{{{reversed}}}]", false);
    }

    private static void Judge(string schema, string text, bool valid)
    {
        var compiled = JsonSchemaValidator.Compile(schema);
        compiled.IsValid(Encoding.UTF8.GetBytes(text)).Should().Be(valid);
        compiled.Evaluate(Encoding.UTF8.GetBytes(text)).IsValid.Should().Be(valid);
    }
}
