using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>Speaks the wire protocol byte by byte, so that a test can say what no driver would.</summary>
internal sealed class WireClient : IDisposable
{
    private static readonly BsonBinaryWriterSettings Deep = new() { MaxSerializationDepth = 10_000 };

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public static async Task<WireClient> ConnectAsync(EmbeddedMongoServer server, CancellationToken cancellationToken)
    {
        var client = new WireClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
        return client;
    }

    /// <summary>Says that nothing more comes, and counts the bytes that the server still sends until it closes the connection, too.</summary>
    public async Task<long> EndAsync(CancellationToken cancellationToken)
    {
        var total = 0L;
        var bytes = new byte[64 * 1024];
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            while (await _socket.ReceiveAsync(bytes, cancellationToken) is > 0 and var received) total += received;
        }
        catch (SocketException)
        {
            // Closed while something was under way.
        }

        return total;
    }

    /// <summary>Leaves without a farewell: the server's next write or read fails.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Sends what may not be taken any more, as the server may close the connection meanwhile.</summary>
    public async Task TrySendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;) sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
        }
        catch (SocketException)
        {
            // Closed.
        }
    }

    /// <summary>A whole OP_MSG with one body, or with further bytes after it.</summary>
    public static byte[] Message(BsonDocument body, uint flags = 0, params byte[] rest) => Frame(2013, [.. UInt32(flags), 0, .. body.ToBson(writerSettings: Deep), .. rest]);

    /// <summary>A message of any kind around a payload.</summary>
    public static byte[] Frame(int opCode, byte[] payload) =>
        [.. UInt32((uint)(16 + payload.Length)), .. UInt32(7), .. UInt32(0), .. UInt32((uint)opCode), .. payload];

    public static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => await _socket.SendAsync(bytes, cancellationToken);

    /// <summary>Sends all of a message that is longer than a socket takes at once.</summary>
    public async Task SendAllAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < bytes.Length;) sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
    }

    /// <summary>Runs a command and returns the reply.</summary>
    public async Task<BsonDocument> RunAsync(BsonDocument command, CancellationToken cancellationToken)
    {
        if (!command.Contains("$db")) command.Add("$db", "wire");
        await SendAsync(Message(command), cancellationToken);
        return await ReceiveAsync(cancellationToken) ?? throw new InvalidOperationException("The connection was closed.");
    }

    /// <summary>Everything the next OP_MSG says: its header's numbers, its flags and its body; null if the server has closed the connection.</summary>
    public async Task<(int RequestId, int ResponseTo, uint Flags, BsonDocument Body)?> ReceiveMessageAsync(CancellationToken cancellationToken)
    {
        var header = await ReadAsync(16, cancellationToken);
        if (header is null) return null;
        var rest = await ReadAsync(BinaryPrimitives.ReadInt32LittleEndian(header) - 16, cancellationToken);
        return (
            BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)),
            BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8)),
            BinaryPrimitives.ReadUInt32LittleEndian(rest),
            BsonBytes.Decode(rest.AsMemory(5)));
    }

    /// <summary>The body of the next OP_MSG or OP_REPLY, or null if the server has closed the connection.</summary>
    public async Task<BsonDocument?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var header = await ReadAsync(16, cancellationToken);
        if (header is null) return null;
        var rest = await ReadAsync(BinaryPrimitives.ReadInt32LittleEndian(header) - 16, cancellationToken);
        return BsonBytes.Decode(rest.AsMemory(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)) == 1 ? 20 : 5));
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]?> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            int received;
            try
            {
                received = await _socket.ReceiveAsync(bytes.AsMemory(read), cancellationToken);
            }
            catch (SocketException)
            {
                return null;
            }

            if (received == 0) return null;
            read += received;
        }

        return bytes;
    }
}
