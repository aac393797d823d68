using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Promethean.Broker;
using Promethean.Broker.Server.Tests;
using Promethean.EndToEnd.Tests;

namespace Promethean.Tool.Tests;

[Trait("Category", "Integration")]
public sealed class ServeTests : IDisposable
{
    private readonly RecordedFrames _frames = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("promethean-tool-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task A_signal_ends_it_and_stdout_holds_nothing_but_ready(PosixSignal signal)
    {
        var (broker, _) = await ToolProcess.ServeAsync(Token);
        await using var process = broker;

        broker.Signal(signal);

        (await broker.EndAsync(Token)).Should().BeEquivalentTo((0, Array.Empty<string>()));
    }

    [Fact]
    public async Task A_redis_address_that_is_none_is_named_and_not_shown()
    {
        await using var broker = ToolProcess.Start(new Dictionary<string, string> { ["REDIS_URL"] = "redis://:secret@127.0.0.1/x" }, "broker", "serve", "--port", "0");

        (await broker.EndAsync(Token)).Should().BeEquivalentTo((2, Array.Empty<string>()));
        broker.Errors.Should().StartWith("error: REDIS_URL").And.NotContain("secret");
    }

    [Fact]
    public async Task A_redis_that_is_not_there_is_named_with_the_next_step_and_without_its_password()
    {
        await using var broker = ToolProcess.Start(new Dictionary<string, string> { ["REDIS_URL"] = "redis://:secret@127.0.0.1:1" }, "broker", "serve", "--port", "0");
        (await broker.NextLineAsync(Token)).Should().StartWith("ready ");

        string line;
        do
        {
            line = await broker.NextErrorAsync(Token);
        }
        while (!line.Contains("127.0.0.1:1", StringComparison.Ordinal));

        line.Should().Contain("Redis").And.Contain("start it").And.Contain("REDIS_URL");
        broker.Errors.Should().NotContain("secret").And.NotContain("   at ", "a stack trace is no message");
    }

    [Fact]
    public async Task A_signal_lets_a_running_request_end_refuses_a_new_one_and_is_not_ready()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token);
        await using var process = broker;
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url }.RecordedBy(_frames), cancellationToken: Token);
        await using var worker = new GatedWorker();
        await client.ServeAsync(["slow"], worker.ServeAsync, new() { Concurrency = 2 }, Token);
        var running = client.RequestAsync("slow", default, cancellationToken: Token).AsTask();
        await worker.Started;

        broker.Signal(PosixSignal.SIGTERM);

        await UntilStatusAsync(url, "/healthz/ready", HttpStatusCode.ServiceUnavailable);
        var refused = async () => await client.RequestAsync("slow", default, cancellationToken: Token);
        var overloaded = (await refused.Should().ThrowAsync<BrokerException>()).Which;
        (overloaded.Code, overloaded.RetryAfter).Should().Be((BrokerErrorCode.Overloaded, TimeSpan.FromSeconds(1)));
        (await GetAsync(url, "/healthz/live")).Should().Be((HttpStatusCode.OK, "Healthy"));
        worker.MayEnd();
        (await running).Event.Should().Be("done");
        (await broker.EndAsync(Token)).Code.Should().Be(0, broker.Errors);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token, "--drain", "1h");
        await using var process = broker;
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url }.RecordedBy(_frames), cancellationToken: Token);
        await using var worker = new GatedWorker();
        await client.ServeAsync(["slow"], worker.ServeAsync, cancellationToken: Token);
        var running = client.RequestAsync("slow", default, cancellationToken: Token).AsTask();
        await worker.Started;
        broker.Signal(PosixSignal.SIGTERM);
        await UntilStatusAsync(url, "/healthz/ready", HttpStatusCode.ServiceUnavailable);

        broker.Signal(PosixSignal.SIGINT);

        (await broker.EndAsync(Token)).Code.Should().Be(130);
        await FluentActions.Awaiting(() => running).Should().ThrowAsync<BrokerException>();
    }

    [Fact]
    public async Task A_request_that_does_not_end_is_given_up_after_the_drain()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token, "--drain", "10ms");
        await using var process = broker;
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url }.RecordedBy(_frames), cancellationToken: Token);
        await using var worker = new GatedWorker();
        await client.ServeAsync(["slow"], worker.ServeAsync, cancellationToken: Token);
        var running = client.RequestAsync("slow", default, cancellationToken: Token).AsTask();
        await worker.Started;

        broker.Signal(PosixSignal.SIGTERM);

        (await broker.EndAsync(Token)).Code.Should().Be(0);
        broker.Errors.Should().Contain("1 requests did not end in time");
        await FluentActions.Awaiting(() => running).Should().ThrowAsync<BrokerException>();
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_next_step()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token);
        await using var process = broker;

        await using var second = ToolProcess.Start("broker", "serve", "--port", $"{url.Port}");

        (await second.EndAsync(Token)).Should().BeEquivalentTo((1, Array.Empty<string>()));
        second.Errors.Trim().Should().Be($"error: The broker cannot listen on http://127.0.0.1:{url.Port} (Address already in use). Choose another port with --port, or another address with --host.");
    }

    [Fact]
    public async Task An_address_that_is_not_this_machines_is_named()
    {
        await using var broker = ToolProcess.Start(new Dictionary<string, string> { ["BROKER_TOKEN"] = "a-token-long-enough" }, "broker", "serve", "--port", "0", "--host", "192.0.2.1");

        (await broker.EndAsync(Token)).Code.Should().Be(1);
        broker.Errors.Should().Contain("192.0.2.1").And.NotContain("   at ", "a stack trace is no message");
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task Beyond_loopback_it_refuses_to_start_without_a_token(string host)
    {
        await using var broker = ToolProcess.Start("broker", "serve", "--port", "0", "--host", host);

        (await broker.EndAsync(Token)).Should().BeEquivalentTo((2, Array.Empty<string>()));
        broker.Errors.Should().Contain($"--host {host}").And.Contain("--token-file").And.Contain("BROKER_TOKEN").And.NotContain("   at ");
    }

    [Fact]
    public async Task Beyond_loopback_it_refuses_to_start_with_a_token_that_can_be_guessed()
    {
        await using var broker = ToolProcess.Start(new Dictionary<string, string> { ["BROKER_TOKEN"] = "fifteen-letters" }, "broker", "serve", "--port", "0", "--host", "0.0.0.0");

        (await broker.EndAsync(Token)).Should().BeEquivalentTo((2, Array.Empty<string>()));
        broker.Errors.Should().Contain("--host 0.0.0.0").And.Contain("16").And.NotContain("fifteen-letters").And.NotContain("   at ");
    }

    [Fact]
    public async Task Beyond_loopback_metrics_need_the_token_and_probes_say_one_word()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token, "--host", "0.0.0.0", "--token-file", TokenFile("a-token-long-enough\n"));
        await using var process = broker;
        var here = new UriBuilder(url) { Host = "127.0.0.1" }.Uri;

        (await GetAsync(here, "/healthz/live")).Should().Be((HttpStatusCode.OK, "Healthy"));
        (await GetAsync(here, "/healthz/ready")).Should().Be((HttpStatusCode.OK, "Healthy"));
        (await GetAsync(here, "/metrics")).Should().Be((HttpStatusCode.Unauthorized, "Refused: no token, or a wrong one.\n"));
        (await GetAsync(here, "/metrics", "wrong")).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await GetAsync(here, "/metrics", "a-token-long-enough")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metrics_are_read_and_nothing_else()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token);
        await using var process = broker;
        using var http = new HttpClient { BaseAddress = new UriBuilder(url) { Scheme = "http" }.Uri };

        foreach (var (method, status) in (IEnumerable<(HttpMethod, HttpStatusCode)>)
            [(HttpMethod.Get, HttpStatusCode.OK), (HttpMethod.Head, HttpStatusCode.OK), (HttpMethod.Post, HttpStatusCode.MethodNotAllowed), (HttpMethod.Delete, HttpStatusCode.MethodNotAllowed)])
        {
            using var request = new HttpRequestMessage(method, "/metrics");
            using var answer = await http.SendAsync(request, Token);
            answer.StatusCode.Should().Be(status, method.Method);
            answer.Content.Headers.Allow.Should().BeEquivalentTo(status == HttpStatusCode.OK ? [] : ["GET", "HEAD"]);
        }
    }

    [Fact]
    public async Task Whoever_has_the_wrong_path_is_told_the_right_one()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token);
        await using var process = broker;

        var (status, text) = await GetAsync(url, "/broker");
        (status, text).Should().Be((HttpStatusCode.NotFound, "Nothing is served at this path; the broker listens on /.\n"));
        var connecting = async () => await WebSocketBrokerClient.ConnectAsync(
            new BrokerOptions { Url = new(url, "/broker"), ConnectTimeout = TimeSpan.FromSeconds(30) }, cancellationToken: Token);
        (await connecting.Should().ThrowAsync<Exception>()).Which.ToString().Should().Contain("404").And.Contain("path");
    }

    [Theory]
    [InlineData("", "blank")]
    [InlineData("two words", "one token")]
    public async Task A_token_file_without_a_token_is_named(string text, string said)
    {
        var file = TokenFile(text);
        await using var broker = ToolProcess.Start("broker", "serve", "--port", "0", "--token-file", file);

        (await broker.EndAsync(Token)).Code.Should().Be(2);
        broker.Errors.Should().Contain(file).And.Contain(said);
    }

    [Fact]
    public async Task A_token_file_that_is_not_there_is_named()
    {
        await using var broker = ToolProcess.Start("broker", "serve", "--port", "0", "--token-file", "nowhere.txt");

        (await broker.EndAsync(Token)).Code.Should().Be(2);
        broker.Errors.Should().Contain("nowhere.txt").And.Contain("--token-file").And.NotContain("   at ");
    }

    [Fact]
    public async Task A_scrape_tells_connections_requests_queues_drops_errors_and_durations()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token);
        await using var process = broker;
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url }.RecordedBy(_frames), cancellationToken: Token);
        await using var worker = new GatedWorker();
        worker.MayEnd();
        await client.ServeAsync(["quick"], worker.ServeAsync, cancellationToken: Token);
        await client.RequestAsync("quick", default, cancellationToken: Token);
        await FluentActions.Awaiting(() => client.RequestAsync("nobody.there", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<BrokerException>();
        await client.EnqueueAsync("waiting", default, cancellationToken: Token);

        var (status, text) = await GetAsync(url, "/metrics");

        status.Should().Be(HttpStatusCode.OK);
        var lines = text.Split('\n').Where(line => !line.StartsWith('#')).ToList();
        foreach (var series in new[]
        {
            """promethean_broker_server_connection_count\{.*\} 1""",
            """promethean_broker_server_requests_total\{.*promethean_broker_action="quick".*\} 1""",
            """promethean_broker_server_requests_total\{.*error_type="no_responders".*\} 1""",
            """promethean_broker_server_queue_depth\{.*\} 0""",
            """promethean_broker_server_task_count\{.*\} 1""",
            """promethean_broker_server_messages_dropped_total\{.*\} 0""",
            """promethean_broker_server_errors_total\{.*error_type="no_responders".*\} 1""",
            """promethean_broker_server_frames_total\{.*network_io_direction="transmit".*\} \d+""",
            """promethean_broker_server_request_duration_seconds_bucket\{.*promethean_broker_action="quick".*le="120".*\} 1""",
            """kestrel_active_connections\{.*\} \d+""",
        })
        {
            lines.Should().ContainSingle(line => System.Text.RegularExpressions.Regex.IsMatch(line, $"^{series}"), "a scrape has {0}, but is\n{1}", series, text);
        }
    }

    [Fact]
    public async Task Metrics_go_to_the_collector_that_the_environment_names()
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        var environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{collector.LocalEndpoint}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
        };
        await using var broker = ToolProcess.Start(environment, "broker", "serve", "--port", "0");
        await broker.NextLineAsync(Token);

        using var connection = await collector.AcceptTcpClientAsync(Token);
        using var reader = new StreamReader(connection.GetStream());
        (await reader.ReadLineAsync(Token)).Should().Be("POST /v1/metrics HTTP/1.1");
    }

    [Fact]
    public async Task Settings_of_the_folder_it_is_started_in_are_none_of_its_business()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), """{"Kestrel":{"Endpoints":{"Other":{"Url":"http://0.0.0.0:0"}}},"Urls":"http://0.0.0.0:0"}""", Token);
        await using var broker = ToolProcess.StartOther(
            "sh", ["-c", $"cd '{_folder}' && exec dotnet '{ToolProcess.Assembly}' broker serve --port 0"], new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://0.0.0.0:0" });

        (await broker.NextLineAsync(Token)).Should().StartWith("ready ws://127.0.0.1:");
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(Uri broker, string path, string? token = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(broker) { Scheme = "http", Path = path }.Uri);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private static async Task UntilStatusAsync(Uri broker, string path, HttpStatusCode status)
    {
        while ((await GetAsync(broker, path)).Status != status)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private string TokenFile(string text)
    {
        var file = Path.Combine(_folder, "token");
        File.WriteAllText(file, text);
        return file;
    }
}
