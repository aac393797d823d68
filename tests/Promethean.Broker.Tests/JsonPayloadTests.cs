using System.Text.Json;
using CsCheck;

namespace Promethean.Broker.Tests;

public sealed class JsonPayloadTests
{
    [Theory]
    [InlineData("""{}""", """{}""")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""{ "a" : 1 , "b":2}""", """{ "a" : 1 , "b":2}""")]
    [InlineData("""{"id":1}""", """{}""")]
    [InlineData("""{"id":1,"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1,"id":1}""", """{"a":1}""")]
    [InlineData("""{"a" : [1, 2],"id":{"id":[]},"b":{"id":3}}""", """{"a" : [1, 2],"b":{"id":3}}""")]
    [InlineData("""{"i\u0064":1,"a":1}""", """{"a":1}""")]
    [InlineData("""{"id":1,"event":2,"a":3,"id":4}""", """{"a":3}""")]
    public void Members_can_be_left_out_and_the_rest_stays_byte_for_byte(string before, string after) =>
        JsonPayload.Parse(before).Without("id", "event").ToString().Should().Be(after);

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"id\"")]
    [InlineData("null")]
    public void Only_an_object_has_members_to_leave_out(string json) =>
        FluentActions.Invoking(() => JsonPayload.Parse(json).Without("id")).Should().Throw<BrokerException>()
            .Which.Code.Should().Be(BrokerErrorCode.InvalidRequest);

    [Fact]
    public void Leaving_members_out_agrees_with_a_parser()
    {
        var name = Choice.Of("id", "event", "a", "b", "ü");
        var value = Choice.Of("1", "null", "\"x,}\"", "[{\"id\":1}]", "{\"event\":{}}", " true ");
        Gen.Select(name, value).Array[0, 6].Sample(
            members =>
            {
                var text = "{" + string.Join(" , ", members.Select(member => $"\"{member.Item1}\": {member.Item2}")) + "}";
                var expected = members.Where(member => member.Item1 is not ("id" or "event"))
                    .Select(member => (member.Item1, JsonDocument.Parse(member.Item2).RootElement.GetRawText()));
                var rest = JsonDocument.Parse(JsonPayload.Parse(text).Without("id", "event").Utf8).RootElement;
                return rest.EnumerateObject().Select(member => (member.Name, member.Value.GetRawText())).SequenceEqual(expected);
            },
            iter: 2000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("nul")]
    public void Text_that_is_not_one_value_is_refused(string json) =>
        FluentActions.Invoking(() => JsonPayload.Parse(json)).Should().Throw<BrokerException>().Which.Code.Should().Be(BrokerErrorCode.InvalidRequest);

    [Fact]
    public void The_default_is_null() => default(JsonPayload).ToString().Should().Be("null");
}
