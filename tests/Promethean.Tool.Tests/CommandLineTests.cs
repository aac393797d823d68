using System.CommandLine;

namespace Promethean.Tool.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("broker serve")]
    [InlineData("broker serve --port 0 --host ::1 --drain 500ms")]
    [InlineData("broker serve --host localhost")]
    [InlineData("broker serve --keep-alive 2s --keep-alive-timeout 500ms --resume-window 1h")]
    [InlineData("mongo serve")]
    [InlineData("mongo serve --memory --port 0 --host ::1")]
    [InlineData("mongo serve --data x --user ada --password-file y --host 0.0.0.0")]
    [InlineData("broker pub a.b")]
    [InlineData("broker pub a.b -")]
    [InlineData("broker pub a.b -5")]
    [InlineData("broker pub a.b {\"a\":[1]}")]
    [InlineData("broker pub a.b --text {a")]
    [InlineData("broker pub a.b {a --text")]
    [InlineData("broker pub a.b @a --text")]
    [InlineData("broker pub a.b 1 --header a=b --header c=d=e --header f=")]
    [InlineData("broker sub > a.* a.>")]
    [InlineData("broker sub a --count 1 --for 1.5h")]
    [InlineData("broker request system.health --timeout 1m --stream --priority -3 --url wss://localhost/x")]
    public void What_makes_sense_is_taken(string line) => Errors(line).Should().BeEmpty();

    [Theory]
    [InlineData("broker serve --port 70000", "--port takes a port from 0 to 65535, not '70000'.")]
    [InlineData("broker serve --host example.org", "--host takes an address of this machine such as 127.0.0.1, ::1 or 0.0.0.0, not 'example.org'.")]
    [InlineData("broker serve --host 1", "--host takes an address of this machine such as 127.0.0.1, ::1 or 0.0.0.0, not '1'.")]
    [InlineData("broker serve --drain 10", "--drain takes a duration of at most a day, such as 500ms, 60s, 5m or 2h, not '10'.")]
    [InlineData("broker serve --keep-alive 0s", "--keep-alive takes a duration of at most a day, such as 500ms, 60s, 5m or 2h, not '0s'.")]
    [InlineData("broker serve --resume-window 61m", "--resume-window is at most 1h.")]
    [InlineData("mongo serve --data x --memory", "--data and --memory exclude each other.")]
    [InlineData("mongo serve --user ada", "--user and --password-file go together.")]
    [InlineData("mongo serve --password-file x", "--user and --password-file go together.")]
    [InlineData("mongo serve --port -1", "--port takes a port from 0 to 65535, not '-1'.")]
    [InlineData("broker pub a..b 1", "'a..b' is not a topic: segments of letters, digits, '-' and '_', joined by dots, at most 255 characters.")]
    [InlineData("broker pub a.* 1", "'a.*' is not a topic: segments of letters, digits, '-' and '_', joined by dots, at most 255 characters.")]
    [InlineData("broker pub a [1,]", "PAYLOAD is not JSON: byte 4: The JSON array contains a trailing comma at the end which is not supported in this mode. Text is sent as a JSON string with --text.")]
    [InlineData("broker pub a 1 --header b", "--header takes NAME=VALUE, not 'b'.")]
    [InlineData("broker pub a 1 --header =b", "--header takes NAME=VALUE, not '=b'.")]
    [InlineData("broker pub a 1 --header a=b --header a=c", "--header 'a' is given twice.")]
    [InlineData("broker pub a 1 --url http://localhost", "--url takes an address such as ws://127.0.0.1:7000, not 'http://localhost'.")]
    [InlineData("broker sub a >.b", "'>.b' is neither a topic nor a pattern with '*' segments or a last '>'.")]
    [InlineData("broker sub a --count 0", "--count takes a whole number from 1, not '0'.")]
    [InlineData("broker sub a --for forever", "--for takes a duration of at most a day, such as 500ms, 60s, 5m or 2h, not 'forever'.")]
    [InlineData("broker request a/b", "'a/b' is not an action's name: segments of letters, digits, '-' and '_', joined by dots.")]
    [InlineData("broker request a --priority high", "--priority takes a whole number, not 'high'.")]
    [InlineData("broker request a --timeout 0s", "--timeout takes a duration of at most a day, such as 500ms, 60s, 5m or 2h, not '0s'.")]
    public void What_makes_none_is_named(string line, string error) => Errors(line).Should().Equal(error);

    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("24h", 86_400_000)]
    public void A_duration_is_a_number_and_a_unit(string text, double milliseconds)
    {
        Duration.TryParse(text, out var duration).Should().BeTrue();
        duration.TotalMilliseconds.Should().Be(milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1")]
    [InlineData("-1s")]
    [InlineData("0ms")]
    [InlineData("25h")]
    [InlineData("1 s")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    public void Anything_else_is_none(string text) => Duration.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("--help", "broker")]
    [InlineData("broker --help", "Exit codes: 0 done")]
    [InlineData("broker serve --help", "/healthz/ready")]
    [InlineData("mongo --help", "serve")]
    [InlineData("mongo serve --help", "ready CONNECTION-STRING")]
    [InlineData("broker pub --help", "promethean broker pub <TOPIC> [<PAYLOAD>]")]
    [InlineData("broker sub --help", "promethean broker sub 'crawl.*.done' --count 1")]
    [InlineData("broker request --help", "3 no worker serves the action")]
    [InlineData("broker pub a..b --help", "Exit codes: 0 done")]
    public void Help_says_it(string line, string said)
    {
        var output = new StringWriter();
        PrometheanCommand.Parse(line.Split(' ')).Invoke(new InvocationConfiguration { Output = output }).Should().Be(0);
        output.ToString().Should().Contain(said);
    }

    private static List<string> Errors(string line) => [.. PrometheanCommand.Parse(line.Split(' ')).Errors.Select(error => error.Message)];
}
