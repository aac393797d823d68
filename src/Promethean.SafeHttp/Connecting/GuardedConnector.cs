using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Promethean.SafeHttp;

/// <summary>Opens connections: resolves once, judges every address, dials only the allowed.</summary>
internal sealed class GuardedConnector(SafeHttpOptions options, TimeProvider time)
{
    // RFC 8305, 8: the recommended delay before the next address is tried beside the last.
    private static readonly TimeSpan _attemptDelay = TimeSpan.FromMilliseconds(250);

    private static readonly IdnMapping _idn = new();

    private readonly AddressPolicy _policy = new(options);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        var socket = await RaceAsync(Judge(host, port, addresses), port, cancellationToken).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The addresses that may be dialled, in the resolver's order.</summary>
    public IReadOnlyList<IPAddress> Judge(string host, int port, IPAddress[] addresses)
    {
        var allowed = new List<IPAddress>(addresses.Length);
        var refusals = new List<AddressRefusal>();
        foreach (var address in addresses)
        {
            if (_policy.Judge(address, port) is { } refusal) refusals.Add(refusal);
            else allowed.Add(address);
        }
        if (allowed.Count > 0) return allowed;

        SafeHttpMetrics.Refused.Add(1);
        throw new ForbiddenAddressException(host, port, refusals);
    }

    /// <summary>What a host stands for: an address however spelled, or what the resolver answers.</summary>
    public async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (TryReadLiteral(host, out var literal)) return [literal];

        var addresses = await options.Resolve(host, cancellationToken).ConfigureAwait(false);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
    }

    // "127.0.0.1." and "①②⑦.0.0.1" pass for names with Uri, but some resolvers read them as addresses: read them first.
    private static bool TryReadLiteral(string host, out IPAddress address)
    {
        var text = host.Trim('[', ']').TrimEnd('.');
        if (IPAddress.TryParse(text, out address!)) return true;
        if (text.All(char.IsAscii)) return false;
        try
        {
            return IPAddress.TryParse(_idn.GetAscii(text), out address!);
        }
        catch (ArgumentException)
        {
            return false; // no valid name either; the resolver will say so
        }
    }

    // Happy Eyeballs (RFC 8305, 5): the next address joins after a delay, or at once when the last one failed.
    private async Task<Socket> RaceAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<Socket>>();
        var next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Count) running.Add(DialAsync(addresses[next++], port, race.Token));
                var entrants = new List<Task>(running);
                if (next < addresses.Count) entrants.Add(Task.Delay(_attemptDelay, time, race.Token));

                if (await Task.WhenAny(entrants).ConfigureAwait(false) is not Task<Socket> finished) continue;
                running.Remove(finished);
                try
                {
                    return await finished.ConfigureAwait(false);
                }
                catch (SocketException) when (running.Count > 0 || next < addresses.Count)
                {
                }
            }
        }
        finally
        {
            await race.CancelAsync().ConfigureAwait(false);
            foreach (var loser in running) _ = HangUpAsync(loser);
        }
    }

    private static async Task<Socket> DialAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task HangUpAsync(Task<Socket> loser)
    {
        try
        {
            (await loser.ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
        }
    }
}
