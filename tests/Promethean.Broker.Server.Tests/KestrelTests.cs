using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Promethean.Broker.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>The same over real sockets on loopback.</summary>
[Trait("Category", "Integration")]
public sealed class KestrelTests : IAsyncLifetime
{
    private readonly RecordedFrames _frames = new();
    private WebApplication _app = null!;

    public static TheoryData<string> Cases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Uri Url => new(_app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        _app = Build("http://127.0.0.1:0", "secret");
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_client_and_the_broker_keep_the_contract(string name)
    {
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, Token);
        await BrokerClientConformance.Get(name).Run(() => new(Client()), either.Token);
    }

    [Fact]
    public async Task A_wrong_token_is_told_at_once()
    {
        var connecting = async () => await WebSocketBrokerClient.ConnectAsync(new() { Url = Url, Token = "wrong" }, cancellationToken: Token);
        (await connecting.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_not_a_websocket_is_told_so()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(_app.Urls.Single()), Token);
        answer.StatusCode.Should().Be(System.Net.HttpStatusCode.UpgradeRequired);
    }

    [Fact]
    public async Task A_message_of_ten_megabytes_costs_its_connection_alone()
    {
        await using var other = Client();
        await other.ConnectAsync(Token);
        using var raw = await RawAsync();
        await raw.SendWrongAsync(new byte[10 * 1024 * 1024]);
        (await raw.NextAsync()).GetProperty("code").GetString().Should().Be("too_large");
        (await raw.ReadAsync()).Should().BeNull();
        raw.CloseStatus.Should().Be(WebSocketCloseStatus.MessageTooBig);
        await other.PublishAsync("alive", default, cancellationToken: Token);
        other.State.Should().Be(BrokerConnectionState.Connected);
    }

    [Fact]
    public async Task Invalid_utf8_ends_the_connection_with_1007_or_a_reset_and_no_other()
    {
        await using var other = Client();
        await other.ConnectAsync(Token);
        using var raw = await RawAsync();
        await raw.SendWrongAsync([(byte)'"', 0xFF, (byte)'"']);
        try
        {
            while (await raw.ReadAsync() is not null)
            {
            }

            raw.CloseStatus.Should().Be(WebSocketCloseStatus.InvalidPayloadData);
        }
        catch (WebSocketException e)
        {
            // The framework answers invalid UTF-8 itself, and its reset may overtake its own closing frame.
            e.WebSocketErrorCode.Should().Be(WebSocketError.ConnectionClosedPrematurely);
        }

        await other.PublishAsync("alive", default, cancellationToken: Token);
        other.State.Should().Be(BrokerConnectionState.Connected);
    }

    [Fact]
    public async Task A_subscriber_that_never_reads_loses_messages_and_holds_up_nobody()
    {
        using var deaf = await RawAsync();
        await deaf.AskAsync("""{"id":"s","action":"subscribe","payload":{"topic":"flood"}}""");
        await using var publisher = Client();
        var payload = JsonPayload.Parse($"\"{new string('x', 64 * 1024)}\"");
        var metrics = _app.Services.GetRequiredService<BrokerServerMetrics>();
        // More than the sockets' own buffers hold.
        for (var i = 0; metrics.TotalDropped == 0; i++)
        {
            i.Should().BeLessThan(2000);
            await publisher.PublishAsync("flood", payload, cancellationToken: Token);
        }

        await publisher.PublishAsync("other", default, cancellationToken: Token);
    }

    [Fact]
    public async Task A_client_works_through_the_hosts_end_and_a_new_start()
    {
        await using var client = Client();
        await client.ConnectAsync(Token);
        var states = client.WatchStateAsync(Token).GetAsyncEnumerator(Token);
        await states.MoveNextAsync();
        var url = _app.Urls.Single();
        await _app.StopAsync(Token);
        await _app.DisposeAsync();
        await states.MoveNextAsync();
        states.Current.Should().Be(BrokerConnectionState.Disconnected);

        _app = Build(url, null);
        await _app.StartAsync(Token);
        await client.PublishAsync("after", default, cancellationToken: Token);
        client.State.Should().Be(BrokerConnectionState.Connected);
    }

    private WebApplication Build(string url, string? token)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.AddBrokerServer(options => options.Token = token);
        var app = builder.Build();
        RecordedWebSockets.Record(app, _frames);
        app.MapBroker("/");
        return app;
    }

    private WebSocketBrokerClient Client() => new(new()
    {
        Url = Url,
        Token = "secret",
        ReconnectDelay = TimeSpan.FromMilliseconds(10),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(50),
        DisconnectedTimeout = TestBroker.HangGuard,
    });

    private async Task<RawClient> RawAsync()
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer secret");
        await socket.ConnectAsync(Url, Token);
        return new(socket, _frames);
    }
}
