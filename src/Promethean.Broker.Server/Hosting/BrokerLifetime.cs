using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>Starts and ends the broker with its host: refuses open addresses without a token, and drains before the server stops.</summary>
/// <remarks>Addresses are known for certain only when the server has bound them, so clients are admitted after the check, not after
/// the start.</remarks>
internal sealed class BrokerLifetime(
    IServer server,
    ConnectionRegistry connections,
    WorkDispatcher work,
    QueueDispatcher queues,
    BrokerServerOptions options,
    BrokerServerMetrics metrics,
    TimeProvider time,
    ILogger<BrokerLifetime> logger) : IHostedLifecycleService
{
    private volatile BrokerPhase _phase;

    /// <summary>Whether clients may connect now.</summary>
    public bool Accepts => _phase == BrokerPhase.Accepting;

    public BrokerPhase Phase => _phase;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        CheckAddresses();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        CheckAddresses();
        // Exporters listen by now.
        metrics.Begin();
        _phase = BrokerPhase.Accepting;
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Tasks may be held for as long as their lease: nobody waits for them.
        queues.Drain();
        var drained = work.DrainAsync();
        // Last, so that whoever is told that the broker drains finds that it does.
        _phase = BrokerPhase.Draining;
        if (!drained.IsCompleted)
        {
            Log.Draining(logger, work.Count().Open);
            try
            {
                await drained.WaitAsync(options.DrainTimeout, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                Log.DrainIncomplete(logger, work.Count().Open);
            }
        }

        await connections.CloseAllAsync(WebSocketCloseStatus.EndpointUnavailable, "The broker is shutting down.").ConfigureAwait(false);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void CheckAddresses()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (options.Token is null && LoopbackRule.FirstOpen(addresses) is { } open)
        {
            throw new InvalidOperationException(
                $"The broker would listen on {open}, which others can reach, without a token. "
                + $"Set {nameof(BrokerServerOptions)}.{nameof(BrokerServerOptions.Token)}, or listen on 127.0.0.1 or localhost.");
        }
    }
}
