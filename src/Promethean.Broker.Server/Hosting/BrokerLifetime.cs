using System.Net.WebSockets;
using Microsoft.AspNetCore.Authentication;
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
    SessionTable sessions,
    IWork work,
    IQueues queues,
    QueueDispatcher ownQueues,
    BrokerServerOptions options,
    BrokerServerMetrics metrics,
    TimeProvider time,
    ILogger<BrokerLifetime> logger,
    BackplaneLink? backplane = null,
    ITaskJournal? journal = null,
    IAuthenticationService? authentication = null) : IHostedLifecycleService
{
    private volatile BrokerPhase _phase;

    /// <summary>Whether clients may connect now.</summary>
    public bool Accepts => _phase == BrokerPhase.Accepting;

    public BrokerPhase Phase => _phase;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        CheckAddresses();
        if (options.UseHostAuthentication && authentication is null)
        {
            throw new InvalidOperationException(
                $"{nameof(BrokerServerOptions)}.{nameof(BrokerServerOptions.UseHostAuthentication)} is on, and the host has no authentication, so nobody would be let in by it. "
                + "Call services.AddAuthentication() with a scheme, or turn it off.");
        }

        if (backplane is not null && journal is not null)
        {
            throw new InvalidOperationException(
                $"The broker has both a backplane and an {nameof(ITaskJournal)} ({journal.GetType().Name}), and queues are kept in one place only. Leave one of them out.");
        }

        await ownQueues.LoadAsync(cancellationToken).ConfigureAwait(false);
        backplane?.Start();
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

        sessions.EndDetached();
        // Before the connections end: who waits for the journal gets an answer. And after: what they held goes back.
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await connections.CloseAllAsync(WebSocketCloseStatus.EndpointUnavailable, "The broker is shutting down.").ConfigureAwait(false);
        // Sockets that broke meanwhile.
        sessions.EndDetached();
        if (await FlushAsync(cancellationToken).ConfigureAwait(false) is > 0 and var left)
        {
            Log.FlushIncomplete(logger, left);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<int> FlushAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.DrainTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await queues.FlushAsync(either.Token).ConfigureAwait(false);
    }

    private void CheckAddresses()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (LoopbackRule.FirstOpen(addresses) is not { } open)
        {
            return;
        }

        if (options.Token is { } token && token.Trim().Length < BrokerServerOptionsValidator.MinTokenLength)
        {
            throw new InvalidOperationException(
                $"The broker would listen on {open}, which others can reach, and {nameof(BrokerServerOptions)}.{nameof(BrokerServerOptions.Token)} has fewer than "
                + $"{BrokerServerOptionsValidator.MinTokenLength} characters, so it can be guessed. Take at least {BrokerServerOptionsValidator.MinTokenLength}, at random, or listen on 127.0.0.1 or localhost.");
        }

        if (!options.AsksWhoConnects)
        {
            throw new InvalidOperationException(
                $"The broker would listen on {open}, which others can reach, without a token. "
                + $"Set {nameof(BrokerServerOptions)}.{nameof(BrokerServerOptions.Token)} or .{nameof(BrokerServerOptions.Tokens)}, or listen on 127.0.0.1 or localhost.");
        }
    }
}
