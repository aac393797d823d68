using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server.Tests;

/// <summary>The real broker in memory: no ports. Its clients' frames are checked against the schemas when it is disposed.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly ConcurrentBag<IAsyncDisposable> _clients = [];
    private readonly ConcurrentBag<WebSocket> _sockets = [];

    private TestBroker(WebApplication app) => _app = app;

    public RecordedFrames Frames { get; } = new();

    /// <summary>Refuses new connections while true, like a network that is down.</summary>
    public bool IsUnreachable { get; set; }

    public int Attempts { get; private set; }

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Requests and workers where there is a backplane.</summary>
    public BackplaneWork Relayed => _app.Services.GetRequiredService<BackplaneWork>();

    public WorkDispatcher Work => _app.Services.GetRequiredService<WorkDispatcher>();

    public QueueDispatcher Queues => _app.Services.GetRequiredService<QueueDispatcher>();

    public BrokerServerMetrics Metrics => _app.Services.GetRequiredService<BrokerServerMetrics>();

    /// <summary>The scope of this broker's meters.</summary>
    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    public TenantTable Tenants => _app.Services.GetRequiredService<TenantTable>();

    public ConnectionRegistry Connections => _app.Services.GetRequiredService<ConnectionRegistry>();

    public static Task<TestBroker> StartAsync(Action<BrokerServerOptions>? configure = null, TimeProvider? time = null, ITaskJournal? journal = null) =>
        StartAsync(
            services =>
            {
                if (journal is not null)
                {
                    services.AddSingleton(journal);
                }
            },
            configure,
            time);

    /// <summary>One of several brokers that share a backplane.</summary>
    public static Task<TestBroker> StartAsync<TClient>(Func<TClient> backplane, Action<BrokerServerOptions>? configure = null, TimeProvider? time = null)
        where TClient : class, IBrokerClient, IBrokerQueue =>
        StartAsync(
            services =>
            {
                services.AddBrokerBackplane(_ => backplane());
                services.AddBrokerHealthChecks();
            },
            configure,
            time);

    public static async Task<TestBroker> StartAsync(Action<IServiceCollection> add, Action<BrokerServerOptions>? configure = null, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        add(builder.Services);
        builder.Services.AddBrokerServer(configure);
        var app = builder.Build();
        app.MapBroker("/");
        await app.StartAsync();
        return new(app);
    }

    public WebSocketBrokerClient Client(Action<BrokerOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new BrokerOptions
        {
            ReconnectDelay = TimeSpan.FromMilliseconds(1),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(20),
            // The machine may be busy; those who test the wait itself set their own.
            DisconnectedTimeout = HangGuard,
            Seed = 1,
            Connector = ConnectAsync,
        };
        configure?.Invoke(options);
        var client = new WebSocketBrokerClient(options, time);
        _clients.Add(client);
        return client;
    }

    public async Task<RawClient> RawAsync(bool takesArrays = false, string? token = null)
    {
        var socket = await ConnectAsync(new($"ws://localhost/{(takesArrays ? "?batch=1" : "")}"), token, default);
        return new(socket, Frames);
    }

    public Task<WebSocket> ConnectAsync(Uri url, string? token, CancellationToken cancellationToken) =>
        ConnectAsync(url, token, null, cancellationToken);

    public async Task<WebSocket> ConnectAsync(Uri url, string? token, Action<HttpRequest>? configure, CancellationToken cancellationToken)
    {
        Attempts++;
        if (IsUnreachable)
        {
            throw new IOException("The test's network is down.");
        }

        var dialler = _app.GetTestServer().CreateWebSocketClient();
        dialler.ConfigureRequest = request =>
        {
            request.Headers.Authorization = token is null ? default : new("Bearer " + token);
            configure?.Invoke(request);
        };
        var socket = await dialler.ConnectAsync(url, cancellationToken);
        _sockets.Add(socket);
        return new RecordingSocket(socket, Frames);
    }

    /// <summary>Breaks every connection without a word.</summary>
    public void AbortConnections()
    {
        foreach (var socket in _sockets)
        {
            socket.Abort();
        }
    }

    /// <summary>Ends when somebody has asked the host to end.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _app.DisposeAsync();
        Frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }
}
