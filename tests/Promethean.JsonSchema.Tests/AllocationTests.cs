namespace Promethean.JsonSchema.Tests;

public sealed class AllocationTests
{
    private static readonly JsonSchemaValidator Frames = WireSchemaTests.ClientToBroker;

    public static TheoryData<string, string> Small => new()
    {
        { """{"type":"object","required":["a"],"properties":{"a":{"type":"string","minLength":1,"maxLength":9,"pattern":"^[a-z]+(\\.[a-z]+)*$"}}}""", """{"a":"b.c"}""" },
        { """{"properties":{"a":{"enum":["x","y",1]},"b":{"const":{"n":[1,null]}},"c":{"multipleOf":0.01,"minimum":-5}}}""", """{"a":1.0,"b":{"n":[1e0,null]},"c":4.25}""" },
        { """{"oneOf":[{"$ref":"#/$defs/s"},{"type":"array","items":{"$ref":"#/$defs/s"},"uniqueItems":true}],"$defs":{"s":{"type":"string"}}}""", """["a","b","\u00e9","d","e","f","g","h","i","j"]""" },
        { """{"allOf":[{"properties":{"a":true}}],"patternProperties":{"^x-":{"type":"integer"}},"unevaluatedProperties":false}""", """{"a":1,"x-b":2}""" },
        { """{"$dynamicAnchor":"node","type":"object","properties":{"next":{"$dynamicRef":"#node"}},"contains":{"const":1},"propertyNames":{"maxLength":4}}""", """{"next":{"next":{}}}""" },
    };

    [Theory]
    [MemberData(nameof(Small))]
    public void A_small_valid_text_is_judged_without_allocating(string schema, string text)
    {
        var compiled = JsonSchemaValidator.Compile(schema);
        AllocatedBy(compiled, System.Text.Encoding.UTF8.GetBytes(text)).Should().Be(0);
    }

    [Theory]
    [InlineData("", """{"id":"r1","action":"publish","payload":{"topic":"crawl.pages","payload":{"url":"https://example.com/"},"headers":{"a":"b"}}}""")]
    [InlineData("/$defs/enqueue", """{"id":"r1","action":"enqueue","payload":{"queue":"q.a","payload":[1,2,3],"delay_ms":5,"max_attempts":3}}""")]
    public void A_frame_of_the_wire_is_judged_without_allocating(string place, string frame) =>
        AllocatedBy(Frames.At(place), System.Text.Encoding.UTF8.GetBytes(frame)).Should().Be(0);

    private static long AllocatedBy(JsonSchemaValidator schema, byte[] text)
    {
        const int times = 100;
        for (var i = 0; i < times; i++) schema.IsValid(text).Should().BeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var valid = true;
        for (var i = 0; i < times; i++) valid &= schema.IsValid(text.AsSpan());
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        valid.Should().BeTrue();
        return allocated;
    }
}
