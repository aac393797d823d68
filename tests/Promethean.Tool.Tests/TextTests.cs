using System.Text;
using Promethean.Broker;

namespace Promethean.Tool.Tests;

public sealed class TextTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void An_envelope_is_one_line_whatever_its_payload_looks_like() =>
        Text(ResultText.Of(new BrokerMessage(
            "m-1", "a.b", DateTimeOffset.FromUnixTimeMilliseconds(1795000000000), JsonPayload.Parse("{\r\n  \"n\": 1.50,\n  \"s\": \"é\\n\"\n}"), new Dictionary<string, string> { ["k"] = "ä" })))
        .Should().Be("""{"id":"m-1","topic":"a.b","ts":1795000000000,"payload":{    "n": 1.50,   "s": "é\n" },"headers":{"k":"ä"}}""");

    [Theory]
    [InlineData("{}", false, """{"event":"progress"}""")]
    [InlineData("{ }", true, """{"event":"progress","final":true}""")]
    [InlineData("{\"percent\":50}", false, """{"event":"progress","percent":50}""")]
    [InlineData("{\n \"a\": [1,\n2]\n}", true, """{"event":"progress","final":true,"a": [1, 2]}""")]
    public void An_event_is_one_line_with_its_members_beside_its_name(string body, bool isFinal, string line) =>
        Text(ResultText.Of(new BrokerReply("progress", JsonPayload.Parse(body), isFinal))).Should().Be(line);

    [Fact]
    public void Text_becomes_a_json_string() =>
        PayloadText.Quote(Encoding.UTF8.GetBytes("a \"b\"\té\u0001"), "PAYLOAD").ToString().Should().Be("""
            "a \"b\"\té\u0001"
            """);

    [Fact]
    public void What_is_not_utf8_is_no_payload()
    {
        var parsing = () => PayloadText.Parse(new byte[] { (byte)'"', 0xff, (byte)'"' }, "Line 7 of the input");
        parsing.Should().Throw<ToolException>().WithMessage("Line 7 of the input is not UTF-8 text.");
    }

    [Fact]
    public async Task Lines_are_counted_and_blank_ones_left_out()
    {
        var lines = await new InputReader(Bytes("1\r\n\n  \n2\n3"), 100).ReadLinesAsync(Token).Select(line => (line.Number, Text(line.Text))).ToListAsync(Token);
        lines.Should().Equal((1, "1"), (4, "2"), (5, "3"));
    }

    [Theory]
    [InlineData("1\n12345\n2", 2)]
    [InlineData("12345", 1)]
    [InlineData("1234\n\n1\n12345678901234567890", 4)]
    public async Task A_line_that_is_too_long_is_named_and_not_kept(string text, int number)
    {
        var reading = async () => await new InputReader(Bytes(text), 4).ReadLinesAsync(Token).ToListAsync(Token);
        (await reading.Should().ThrowAsync<ToolException>()).WithMessage($"Line {number} of the input is longer than 4 bytes*").Which.ExitCode.Should().Be(ExitCodes.Usage);
    }

    [Fact]
    public async Task Input_that_never_ends_is_given_up_at_its_limit()
    {
        await using var endless = new EndlessStream();
        var reading = async () => await new InputReader(endless, 1024 * 1024).ReadLinesAsync(Token).ToListAsync(Token);
        await reading.Should().ThrowAsync<ToolException>();
        endless.Given.Should().BeLessThan(2 * 1024 * 1024);
    }

    [Theory]
    [InlineData(BrokerErrorCode.InvalidRequest, 2)]
    [InlineData(BrokerErrorCode.NoResponders, 3)]
    [InlineData(BrokerErrorCode.Timeout, 4)]
    [InlineData(BrokerErrorCode.Overloaded, 5)]
    [InlineData(BrokerErrorCode.Unauthorized, 6)]
    [InlineData(BrokerErrorCode.Forbidden, 6)]
    [InlineData(BrokerErrorCode.NotFound, 1)]
    [InlineData(BrokerErrorCode.Internal, 1)]
    public void An_error_of_the_wire_has_its_exit_code_and_its_code_is_told(BrokerErrorCode code, int exitCode)
    {
        var told = ToolContext.Describe(new BrokerException(code, "It did not work."))!;
        told.ExitCode.Should().Be(exitCode);
        told.Message.Should().StartWith($"{code.ToWireName()}: It did not work.");
    }

    [Fact]
    public void When_to_try_again_is_told() =>
        ToolContext.Describe(new BrokerException(BrokerErrorCode.Overloaded, "Too much.", TimeSpan.FromSeconds(2)))!.Message.Should().EndWith("Too much. Try again in 2000 ms.");

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
