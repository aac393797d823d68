using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Promethean.Broker;
using Promethean.Broker.Server.Tests;
using Promethean.EndToEnd.Tests;

namespace Promethean.Tool.Tests;

/// <summary>The verbs that talk to a broker, against a broker of the same command.</summary>
[Trait("Category", "Integration")]
public sealed class ClientVerbTests : IAsyncLifetime
{
    private readonly RecordedFrames _frames = new();
    private ToolProcess _broker = null!;
    private Uri _url = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_broker, _url) = await ToolProcess.ServeAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }

    [Fact]
    public async Task What_is_published_is_printed_once_by_whoever_subscribed()
    {
        await using var sub = Run("sub", "crawl.*.done", ">", "--count", "3");
        (await sub.NextErrorAsync(Token)).Should().Be("subscribed to crawl.*.done >");

        await DoneAsync(Run("pub", "crawl.site1.done", """{"pages":120}""", "--header", "by=test"));
        await DoneAsync(Run("pub", "other", "a text", "--text"));
        await DoneAsync(Run("pub", "nothing"));
        await DoneAsync(Run("pub", "one.too.many", "1"));

        var (code, lines) = await sub.EndAsync(Token);
        code.Should().Be(0, sub.Errors);
        var envelopes = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        envelopes.Select(one => $"{one.GetProperty("topic")} {one.GetProperty("payload").GetRawText()}")
            .Should().BeEquivalentTo("""crawl.site1.done {"pages":120}""", "other \"a text\"", "nothing null");
        var first = envelopes.Single(one => one.GetProperty("topic").GetString() == "crawl.site1.done");
        first.EnumerateObject().Select(member => member.Name).Should().Equal("id", "topic", "ts", "payload", "headers");
        first.GetProperty("headers").GetProperty("by").GetString().Should().Be("test");
    }

    [Fact]
    public async Task Each_line_of_the_input_is_a_message_in_order()
    {
        // No more than a subscription and the broker hold for a reader that is behind.
        const int Many = 1000;
        await using var sub = Run("sub", "lines", "--count", $"{Many}");
        await sub.NextErrorAsync(Token);

        await using var pub = Run("pub", "lines", "-");
        for (var line = 0; line < Many; line++)
        {
            await pub.Input.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));
        }

        pub.Input.Close();
        (await pub.EndAsync(Token)).Should().BeEquivalentTo((0, Array.Empty<string>()));
        pub.Errors.Trim().Should().Be($"{Many} messages were accepted.");
        var (_, lines) = await sub.EndAsync(Token);
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("payload").GetInt32()).Should().Equal(Enumerable.Range(0, Many));
    }

    [Fact]
    public async Task A_bad_line_is_named_and_those_before_it_are_published()
    {
        await using var sub = Run("sub", "lines", "--count", "2");
        await sub.NextErrorAsync(Token);
        await using var pub = Run("pub", "lines", "-");
        await pub.Input.WriteAsync("1\n2\n{\"a\":}\n4\n");
        pub.Input.Close();

        (await pub.EndAsync(Token)).Code.Should().Be(2);
        pub.Errors.Should().StartWith("error: Line 3 of the input is not JSON: byte 6: ").And.Contain("2 messages were accepted.");
        (await sub.EndAsync(Token)).Lines.Should().HaveCount(2);
    }

    [Fact]
    public async Task An_interrupt_ends_a_pub_that_waits_for_input()
    {
        await using var pub = Run("pub", "lines", "-");
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = _url }.RecordedBy(_frames), cancellationToken: Token);
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync("lines", (_, _) => Complete(came), cancellationToken: Token);
        await pub.Input.WriteLineAsync("1");
        await pub.Input.FlushAsync(Token);
        await came.Task;

        pub.Signal(PosixSignal.SIGINT);

        (await pub.EndAsync(Token)).Code.Should().Be(130);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task A_signal_ends_a_sub(PosixSignal signal)
    {
        await using var sub = Run("sub", ">");
        await sub.NextErrorAsync(Token);
        await DoneAsync(Run("pub", "a", "1"));
        (await sub.NextLineAsync(Token)).Should().Contain("\"topic\":\"a\"");

        sub.Signal(signal);

        (await sub.EndAsync(Token)).Code.Should().Be(0);
    }

    [Fact]
    public async Task A_sub_ends_after_its_time_and_says_what_is_missing()
    {
        await using var patient = Run("sub", "quiet", "--for", "10ms");
        await using var wanting = Run("sub", "quiet", "--for", "10ms", "--count", "1");

        (await patient.EndAsync(Token)).Code.Should().Be(0);
        (await wanting.EndAsync(Token)).Code.Should().Be(4);
        wanting.Errors.Should().Contain("1 of 1 messages did not come within 0.01 s.");
    }

    [Fact]
    public async Task A_sub_ends_quietly_with_whoever_reads_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no sh and does not tell of a pipe's end.");
        // Nothing more is published after the one line, so only the pipe's end can end it.
        await using var shell = Shell($"{{ {Command("sub", "'>'")}; echo \"code $?\" >&2; }} | head -n 1");
        (await shell.NextErrorAsync(Token)).Should().Be("subscribed to >");

        await DoneAsync(Run("pub", "a", "1"));

        (await shell.EndAsync(Token)).Lines.Should().ContainSingle().Which.Should().Contain("\"topic\":\"a\"");
        shell.Errors.Trim().Should().Be("subscribed to >\ncode 0");
    }

    [Fact]
    public async Task A_sub_appends_to_a_file_that_others_write_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no sh.");
        var file = Path.GetTempFileName();
        await using var shell = Shell($"{{ echo before; {Command("sub", "'>'", "--count", "1")}; echo after; }} > '{file}'");
        await shell.NextErrorAsync(Token);
        await DoneAsync(Run("pub", "a", "1"));
        await shell.EndAsync(Token);

        (await File.ReadAllLinesAsync(file, Token)).Should().HaveCount(3).And.StartWith("before").And.EndWith("after");
        File.Delete(file);
    }

    [Fact]
    public async Task A_sub_tells_when_the_connection_is_lost()
    {
        await using var sub = Run("sub", ">");
        await sub.NextErrorAsync(Token);

        _broker.Signal(PosixSignal.SIGTERM);

        (await sub.NextErrorAsync(Token)).Should().Be("connection lost, connecting again");
        await using var again = ToolProcess.Start("broker", "serve", "--port", $"{_url.Port}");
        string[] told = [await sub.NextErrorAsync(Token), await sub.NextErrorAsync(Token)];
        told.Should().BeEquivalentTo("Messages may be missing here.", "subscribed again");
    }

    [Fact]
    public async Task A_request_prints_the_last_event_and_with_stream_all()
    {
        await using var worker = new GatedWorker();
        worker.MayEnd();
        await using var client = await ServeAsync(worker);

        (await OutputAsync(Run("request", "job", """{"n":1}"""))).Should().Equal("""{"event":"done","final":true,"asked":{"n":1}}""");
        (await OutputAsync(Run("request", "job", "2", "--stream", "--priority", "5"))).Should().Equal(
            """{"event":"progress","percent":50}""", """{"event":"done","final":true,"asked":2}""");
        (await OutputAsync(Run("request", "job", "a \"text\"", "--text"))).Should().Equal("""{"event":"done","final":true,"asked":"a \"text\""}""");
        await using var piped = Run("request", "job", "-");
        await piped.Input.WriteAsync("{\n  \"from\": \"stdin\"\n}\n");
        piped.Input.Close();
        (await piped.EndAsync(Token)).Lines.Should().Equal("""{"event":"done","final":true,"asked":{   "from": "stdin" }}""");
        (await OutputAsync(Run("request", "system.health"))).Should().ContainSingle().Which.Should().StartWith("""{"event":"ok","final":true,"payload":{"status":"ok",""");
    }

    [Fact]
    public async Task An_event_is_printed_when_it_comes_and_an_interrupt_cancels_the_request()
    {
        await using var worker = new GatedWorker();
        await using var client = await ServeAsync(worker);
        await using var request = Run("request", "job", "--stream");
        (await request.NextLineAsync(Token)).Should().Be("""{"event":"progress","percent":50}""");

        request.Signal(PosixSignal.SIGINT);

        (await request.EndAsync(Token)).Code.Should().Be(130);
        await worker.Cancelled.WaitAsync(Token);
    }

    [Fact]
    public async Task A_request_is_cancelled_with_whoever_reads_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no sh and does not tell of a pipe's end.");
        await using var worker = new GatedWorker();
        await using var client = await ServeAsync(worker);

        await using var shell = Shell($"{{ {Command("request", "job", "--stream")}; echo \"code $?\" >&2; }} | head -n 1");

        (await shell.EndAsync(Token)).Lines.Should().Equal("""{"event":"progress","percent":50}""");
        shell.Errors.Trim().Should().Be("code 0");
        await worker.Cancelled.WaitAsync(Token);
    }

    [Fact]
    public async Task What_goes_wrong_with_a_request_has_an_exit_code_and_a_message()
    {
        await using var worker = new GatedWorker();
        await using var client = await ServeAsync(worker);

        await FailedAsync(Run("request", "nobody.there"), 3, "no_responders", "nobody.there");
        await FailedAsync(Run("request", "job", "--timeout", "10ms"), 4, "timeout", "job");
        await FailedAsync(Run("request", "enqueue", "1"), 2, "invalid_request", "enqueue: /payload");
        await using var unread = Run("request", "job", "-");
        await unread.Input.WriteAsync("{]");
        unread.Input.Close();
        (await unread.EndAsync(Token)).Code.Should().Be(2);
        unread.Errors.Should().Contain("The input is not JSON: byte 2");
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_named_in_time()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        await FailedAsync(ToolProcess.Start("broker", "pub", "a", "1", "--url", $"ws://127.0.0.1:{port}", "--connect-timeout", "2s"), 7, $"ws://127.0.0.1:{port}", "2 s", "Connection refused", "promethean broker serve");
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_named_in_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        await FailedAsync(ToolProcess.Start("broker", "sub", "a", "--url", $"ws://{silent.LocalEndpoint}", "--connect-timeout", "200ms"), 7, $"ws://{silent.LocalEndpoint}", "--url");
    }

    [Fact]
    public async Task A_token_is_sent_and_a_wrong_one_is_named()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "secret", Token);
        var (broker, url) = await ToolProcess.ServeAsync(Token, "--token-file", file);
        await using var process = broker;
        var environment = new Dictionary<string, string> { ["BROKER_URL"] = url.ToString() };

        await FailedAsync(ToolProcess.Start(environment, "broker", "request", "system.health"), 6, "demands a token", "--token-file", "BROKER_TOKEN");
        await FailedAsync(ToolProcess.Start(new Dictionary<string, string>(environment) { ["BROKER_TOKEN"] = "wrong" }, "broker", "sub", "a"), 6, "does not accept the token");
        await DoneAsync(ToolProcess.Start(new Dictionary<string, string>(environment) { ["BROKER_TOKEN"] = "secret" }, "broker", "pub", "a"));
        await DoneAsync(ToolProcess.Start(environment, "broker", "pub", "a", "--token-file", file));
        File.Delete(file);
    }

    [Fact]
    public async Task What_is_typed_wrong_is_named_before_anything_is_done()
    {
        await using var pub = ToolProcess.Start("broker", "pub", "a..b", "{x");

        (await pub.EndAsync(Token)).Should().BeEquivalentTo((2, Array.Empty<string>()));
        pub.Errors.Trim().Split('\n').Should().HaveCount(3).And.StartWith("error: 'a..b' is not a topic: segments of letters, digits, '-' and '_', joined by dots, at most 255 characters.")
            .And.EndWith("Try 'promethean broker pub --help'.");
    }

    [Fact]
    public async Task Its_version_is_the_packages()
    {
        await using var tool = ToolProcess.Start("--version");
        (await tool.EndAsync(Token)).Lines.Should().ContainSingle().Which.Should().MatchRegex(@"^\d+\.\d+\.\d+");
    }

    private static ValueTask Complete(TaskCompletionSource came)
    {
        came.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private static async Task DoneAsync(ToolProcess process) => (await OutputAsync(process)).Should().BeEmpty();

    private static async Task<IReadOnlyList<string>> OutputAsync(ToolProcess process)
    {
        await using (process)
        {
            var (code, lines) = await process.EndAsync(Token);
            code.Should().Be(0, process.Errors);
            return lines;
        }
    }

    private static async Task FailedAsync(ToolProcess process, int code, params string[] said)
    {
        await using (process)
        {
            (await process.EndAsync(Token)).Should().BeEquivalentTo((code, Array.Empty<string>()), process.Errors);
            process.Errors.Should().StartWith("error: ").And.ContainAll(said).And.NotContain("   at ", "a stack trace is no message");
        }
    }

    private async Task<WebSocketBrokerClient> ServeAsync(GatedWorker worker)
    {
        var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = _url }.RecordedBy(_frames), cancellationToken: Token);
        await client.ServeAsync(["job"], worker.ServeAsync, cancellationToken: Token);
        return client;
    }

    private ToolProcess Run(string verb, params string[] arguments) => ToolProcess.Start(["broker", verb, .. arguments, "--url", _url.ToString()]);

    private string Command(string verb, params string[] arguments) => $"dotnet '{ToolProcess.Assembly}' broker {verb} {string.Join(' ', arguments)} --url {_url}";

    private static ToolProcess Shell(string script) => ToolProcess.StartOther("sh", ["-c", script], new Dictionary<string, string>());
}
