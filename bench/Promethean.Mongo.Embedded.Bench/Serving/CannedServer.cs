using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Promethean.Mongo.Embedded.Bench.Serving;

/// <summary>The least a server can do for the driver: finds the end of each request and sends a ready-made reply.</summary>
internal sealed class CannedServer : IDisposable
{
    private const int HeaderBytes = 16;
    private const int OpQuery = 2004;

    // Header, flag bits, section kind, length of the command.
    private const int CommandStart = HeaderBytes + 4 + 1 + 4;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CannedReplies _replies;

    public CannedServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        ConnectionString = $"mongodb://{_listener.LocalEndPoint}/?replicaSet=canned";
        _replies = new CannedReplies(_listener.LocalEndPoint!.ToString()!);
        _ = AcceptAsync();
    }

    public string ConnectionString { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (SocketException)
        {
            // Stopping.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        using var client = accepted;
        client.NoDelay = true;
        var buffer = new byte[4 * 1024 * 1024];
        // Copies of this connection's own, for the number of the request goes into them.
        var replies = new Dictionary<string, byte[]>();
        var have = 0;
        while (true)
        {
            while (have < HeaderBytes || have < BinaryPrimitives.ReadInt32LittleEndian(buffer))
            {
                var received = await client.ReceiveAsync(buffer.AsMemory(have));
                if (received == 0) return;
                have += received;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(buffer);
            var reply = Choose(buffer.AsSpan(0, length), replies);
            buffer.AsSpan(4, 4).CopyTo(reply.AsSpan(8));
            await client.SendAsync(reply);
            buffer.AsSpan(length, have - length).CopyTo(buffer);
            have -= length;
        }
    }

    private byte[] Choose(ReadOnlySpan<byte> request, Dictionary<string, byte[]> replies)
    {
        if (BinaryPrimitives.ReadInt32LittleEndian(request[12..]) == OpQuery) return Own("", replies);
        var value = request[(CommandStart + 1)..];
        var command = TakeName(ref value);
        if (command is not ("find" or "getMore" or "aggregate")) return Own(command, replies);
        if (command != "getMore") return Own($"{command} {Kind(value)}", replies);
        var left = BinaryPrimitives.ReadInt64LittleEndian(value) - 1;
        // The cursor's id, the type and the name of the field "collection".
        var kind = Kind(value[(8 + 1 + "collection".Length + 1)..]);
        var reply = Own($"{command} {kind}", replies);
        // A watcher's cursor never ends; any other has one batch less.
        BinaryPrimitives.WriteInt64LittleEndian(reply.AsSpan(CannedReplies.CursorIdStart), kind == "watched" ? 1 : left);
        return reply;
    }

    private byte[] Own(string key, Dictionary<string, byte[]> replies)
    {
        if (!replies.TryGetValue(key, out var reply))
            replies[key] = reply = (byte[])(key.Length == 0 ? _replies.Legacy : _replies.Find(key) ?? _replies.Ok).Clone();
        return reply;
    }

    // What the collection is for: its name up to an underscore.
    private static string Kind(ReadOnlySpan<byte> text)
    {
        var name = text[4..];
        return TakeName(ref name).Split('_')[0];
    }

    private static string TakeName(ref ReadOnlySpan<byte> from)
    {
        var length = from.IndexOf((byte)0);
        var name = Encoding.UTF8.GetString(from[..length]);
        from = from[(length + 1)..];
        return name;
    }
}
