using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Server.Tests;

public sealed class AdmissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "401")]
    [InlineData("wrong", "401")]
    [InlineData("right and more", "401")]
    [InlineData("right", null)]
    public async Task A_token_is_asked_for_where_one_is_set(string? token, string? refused)
    {
        await using var broker = await TestBroker.StartAsync(options => options.Token = "right");
        var connecting = async () => await broker.ConnectAsync(new("ws://localhost/"), token, Token);
        if (refused is null)
        {
            await connecting.Should().NotThrowAsync();
        }
        else
        {
            (await connecting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(refused);
        }
    }

    [Theory]
    [InlineData("http://localhost:3210", true)]
    [InlineData("http://127.0.0.1", true)]
    [InlineData("https://app.example.org", true)]
    [InlineData("https://evil.example.org", false)]
    [InlineData("http://localhost.evil.example.org", false)]
    [InlineData("null", false)]
    public async Task A_web_page_may_connect_from_loopback_and_from_allowed_origins(string origin, bool allowed)
    {
        await using var broker = await TestBroker.StartAsync(options => options.AllowedOrigins.Add("https://app.example.org"));
        var connecting = async () => await broker.ConnectAsync(new("ws://localhost/"), null, request => request.Headers.Origin = origin, Token);
        if (allowed)
        {
            await connecting.Should().NotThrowAsync();
        }
        else
        {
            (await connecting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("403");
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:7000", null)]
    [InlineData("http://localhost:7000", null)]
    [InlineData("http://[::1]:7000", null)]
    [InlineData("http://unix:/run/broker.sock", null)]
    [InlineData("http://0.0.0.0:7000", "http://0.0.0.0:7000")]
    [InlineData("http://[::]:7000", "http://[::]:7000")]
    [InlineData("http://*:7000", "http://*:7000")]
    [InlineData("http://broker.example.org", "http://broker.example.org")]
    [InlineData("http://10.0.0.1:7000", "http://10.0.0.1:7000")]
    public void An_address_beyond_loopback_needs_a_token(string address, string? open) =>
        LoopbackRule.FirstOpen(["http://127.0.0.1:1", address]).Should().Be(open);

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_host_open_to_others_does_not_start_without_a_token()
    {
        await using var open = Host("http://0.0.0.0:0", token: null);
        var starting = async () => await open.StartAsync(Token);
        (await starting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("BrokerServerOptions.Token");

        await using var guarded = Host("http://0.0.0.0:0", "a-token-long-enough");
        await guarded.StartAsync(Token);
        await guarded.StopAsync(Token);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_host_open_to_others_does_not_start_with_a_token_that_can_be_guessed()
    {
        await using var open = Host("http://0.0.0.0:0", "fifteen-letters");
        var starting = async () => await open.StartAsync(Token);
        (await starting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should()
            .Contain("BrokerServerOptions.Token").And.Contain("at least 16").And.NotContain("fifteen-letters", "messages end in logs");

        await using var here = Host("http://127.0.0.1:0", "short");
        await here.StartAsync(Token);
        await here.StopAsync(Token);
    }

    [Fact]
    public async Task The_hosts_authentication_must_be_there_to_be_used()
    {
        var starting = async () => await TestBroker.StartAsync(options => options.UseHostAuthentication = true);
        (await starting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should()
            .Contain("BrokerServerOptions.UseHostAuthentication").And.Contain("AddAuthentication");

        await using var broker = await TestBroker.StartAsync(services => services.AddAuthentication(), options => options.UseHostAuthentication = true);
        var connecting = async () => await broker.ConnectAsync(new("ws://localhost/"), null, Token);
        (await connecting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("401");
    }

    [Fact]
    public async Task Options_out_of_range_stop_the_start_and_are_named()
    {
        var starting = async () =>
        {
            await using var app = Host("http://127.0.0.1:0", " ", options => options.MaxFrameBytes = 0);
            await app.StartAsync(Token);
        };
        var failure = await starting.Should().ThrowAsync<OptionsValidationException>();
        failure.Which.Failures.Should().HaveCount(2).And.Contain(problem => problem.Contains("MaxFrameBytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Mapping_without_the_services_says_what_is_missing()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        FluentActions.Invoking(() => app.MapBroker()).Should().Throw<InvalidOperationException>().WithMessage("*AddBrokerServer*");
    }

    [Fact]
    public async Task A_running_request_may_end_before_the_host_stops()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await broker.RawAsync();
        await worker.AskAsync("""{"id":"r","action":"ready","payload":{"actions":["job"],"credit":5}}""");
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"1","action":"job"}""");
        var task = (await worker.NextAsync()).GetProperty("task").GetProperty("id").GetString();

        var stopping = broker.StopAsync();
        (await caller.AskAsync("""{"id":"2","action":"job"}""")).GetProperty("code").GetString().Should().Be("overloaded");
        stopping.IsCompleted.Should().BeFalse();
        await worker.SendAsync($$$"""{"action":"respond","payload":{"taskId":"{{{task}}}","event":"done","final":true}}""");
        (await caller.NextAsync()).GetProperty("event").GetString().Should().Be("done");
        (await caller.ReadAsync()).Should().BeNull();
        caller.CloseStatus.Should().Be(System.Net.WebSockets.WebSocketCloseStatus.EndpointUnavailable);
        await caller.CloseAsync();
        (await worker.ReadAsync()).Should().BeNull();
        await worker.CloseAsync();
        await stopping;
    }

    private static WebApplication Host(string url, string? token, Action<BrokerServerOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.AddBrokerServer(options =>
        {
            options.Token = token;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapBroker();
        return app;
    }
}
