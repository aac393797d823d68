using System.Net;
using System.Net.Sockets;

namespace Promethean.Chaos.Tests;

/// <summary>One client's connection through the proxy, and the proxy's own to the broker.</summary>
internal sealed class ProxiedConnection(Socket client, Func<NetworkFault> fault) : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(30);

    private readonly Socket _broker = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly TaskCompletionSource _brokerGone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the broker has closed its side.</summary>
    public Task BrokerGone => _brokerGone.Task;

    /// <summary>Passes on what comes, until both sides are gone.</summary>
    public async Task RunAsync(EndPoint broker, CancellationToken cancellationToken)
    {
        try
        {
            client.NoDelay = true;
            if (!Swallows(isFromClient: true))
            {
                await _broker.ConnectAsync(broker, cancellationToken);
                var fromClient = PumpAsync(client, _broker, isFromClient: true, cancellationToken);
                var fromBroker = PumpAsync(_broker, client, isFromClient: false, cancellationToken);
                _ = fromBroker.ContinueWith(_ => _brokerGone.TrySetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                await Task.WhenAll(fromClient, fromBroker);
            }
            else
            {
                // Not even the broker hears of it, and it stays so.
                await SwallowAsync(client, cancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A broker that is not there resets whoever asks for it.
        }

        Dispose();
    }

    /// <summary>RST to both sides.</summary>
    public void Dispose()
    {
        foreach (var socket in new[] { client, _broker })
        {
            try
            {
                socket.LingerState = new(true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is gone already.
            }

            socket.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isFromClient, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var hasSwallowed = false;
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            {
                hasSwallowed |= Swallows(isFromClient);
                if (!hasSwallowed)
                {
                    await PassAsync(to, buffer.AsMemory(0, count), cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // As good as an end.
        }

        // Nor does the end of one side reach the other through a hole.
        if (!hasSwallowed && !Swallows(isFromClient))
        {
            Close(to);
        }
    }

    private async Task PassAsync(Socket to, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        if (fault() == NetworkFault.Latency)
        {
            await Task.Delay(Delay, TimeProvider.System, cancellationToken);
        }

        while (bytes.Length > 0)
        {
            var count = await to.SendAsync(fault() == NetworkFault.ByteByByte ? bytes[..1] : bytes, cancellationToken);
            bytes = bytes[count..];
        }
    }

    private static async Task SwallowAsync(Socket from, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, cancellationToken) > 0)
        {
            // Gone.
        }
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
    }

    private bool Swallows(bool isFromClient) => fault() switch
    {
        NetworkFault.BlackHole => true,
        NetworkFault.ClientToBroker => isFromClient,
        NetworkFault.BrokerToClient => !isFromClient,
        _ => false,
    };
}
