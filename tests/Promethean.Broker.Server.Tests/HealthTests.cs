using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server.Tests;

public sealed class HealthTests : IAsyncDisposable
{
    private readonly List<WebApplication> _apps = [];
    private readonly RecordedFrames _frames = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        _frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }

    [Fact]
    public async Task A_broker_that_takes_clients_is_live_and_ready()
    {
        var app = Build();
        await app.StartAsync(Token);

        (await AskAsync(app, "/healthz/live")).Should().Be((HttpStatusCode.OK, "Healthy"));
        (await AskAsync(app, "/healthz/ready")).Should().Be((HttpStatusCode.OK, "Healthy"));
    }

    [Fact]
    public async Task A_broker_that_has_not_started_is_not_ready()
    {
        var app = Build();
        var check = app.Services.GetRequiredService<BrokerHealthCheck>();

        (await check.CheckHealthAsync(new(), Token)).Description.Should().Be("The broker is starting.");
    }

    [Fact]
    public async Task A_broker_that_drains_is_live_but_not_ready_until_its_last_request_ends()
    {
        var app = Build();
        await app.StartAsync(Token);
        await using var client = new WebSocketBrokerClient(new BrokerOptions { Connector = (url, _, token) => app.GetTestServer().CreateWebSocketClient().ConnectAsync(url, token) });
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.ServeAsync(["slow"], Slow, cancellationToken: Token);
        var request = client.RequestAsync("slow", default, cancellationToken: Token);
        await started.Task;

        var stopping = app.StopAsync(Token);

        (await AskAsync(app, "/healthz/live")).Should().Be((HttpStatusCode.OK, "Healthy"));
        (await AskAsync(app, "/healthz/ready")).Should().Be((HttpStatusCode.ServiceUnavailable, "Unhealthy"));
        mayEnd.SetResult();
        (await request).Event.Should().Be("done");
        await stopping;

        async IAsyncEnumerable<BrokerReply> Slow(BrokerRequest asked, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            started.SetResult();
            await mayEnd.Task.WaitAsync(cancellationToken);
            yield return new("done", JsonPayload.Parse("{}"), IsFinal: true);
        }
    }

    [Theory]
    [InlineData("secret", null, "localhost", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "Bearer wrong", "localhost", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "Bearer secret", "broker.example.org", HttpStatusCode.OK)]
    [InlineData(null, null, "localhost", HttpStatusCode.OK)]
    [InlineData(null, null, "127.0.0.1", HttpStatusCode.OK)]
    [InlineData(null, null, "[::1]", HttpStatusCode.OK)]
    [InlineData(null, null, "rebound.example.org", HttpStatusCode.Forbidden)]
    public async Task What_stands_beside_the_broker_asks_for_its_token_or_for_loopback(string? token, string? sent, string host, HttpStatusCode status)
    {
        var app = Build(token);
        app.MapGet("/secrets", () => "told").RequireBrokerToken();
        await app.StartAsync(Token);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host}/secrets");
        request.Headers.TryAddWithoutValidation("Authorization", sent);
        using var http = app.GetTestClient();
        using var answer = await http.SendAsync(request, Token);

        answer.StatusCode.Should().Be(status);
        (await answer.Content.ReadAsStringAsync(Token)).Contains("told", StringComparison.Ordinal).Should().Be(status == HttpStatusCode.OK);
    }

    [Fact]
    public void What_was_not_registered_is_named()
    {
        using var app = WebApplication.CreateSlimBuilder().Build();
        var mapping = () => app.MapBrokerHealth();
        mapping.Should().Throw<InvalidOperationException>().WithMessage("*AddBrokerHealthChecks*");
    }

    [Fact]
    public void Probes_of_a_broker_that_is_not_there_say_which_call_is_missing()
    {
        using var app = WithoutBroker();
        var mapping = () => app.MapBrokerHealth();
        mapping.Should().Throw<InvalidOperationException>().WithMessage("*AddBrokerServer*");
    }

    [Fact]
    public async Task A_check_of_a_broker_that_is_not_there_says_which_call_is_missing()
    {
        await using var app = WithoutBroker();
        var checking = async () => await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        (await checking.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*AddBrokerServer*");
    }

    private static WebApplication WithoutBroker()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddBrokerHealthChecks();
        return builder.Build();
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(WebApplication app, string path)
    {
        using var http = app.GetTestClient();
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private WebApplication Build(string? token = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddBrokerServer(options => options.Token = token);
        // Twice is once.
        builder.Services.AddBrokerHealthChecks();
        builder.Services.AddBrokerHealthChecks();
        var app = builder.Build();
        RecordedWebSockets.Record(app, _frames);
        app.MapBroker("/");
        app.MapBrokerHealth();
        _apps.Add(app);
        return app;
    }
}
