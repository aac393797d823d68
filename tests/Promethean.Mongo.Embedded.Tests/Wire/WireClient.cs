using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>Speaks the wire protocol byte by byte, so that a test can say what no driver would.</summary>
internal sealed class WireClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public static async Task<WireClient> ConnectAsync(EmbeddedMongoServer server, CancellationToken cancellationToken)
    {
        var client = new WireClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
        return client;
    }

    /// <summary>A whole OP_MSG with one body, or with further bytes after it.</summary>
    public static byte[] Message(BsonDocument body, uint flags = 0, params byte[] rest) => Frame(2013, [.. UInt32(flags), 0, .. body.ToBson(), .. rest]);

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
            BsonSerializer.Deserialize<BsonDocument>(rest![5..]));
    }

    /// <summary>The body of the next OP_MSG or OP_REPLY, or null if the server has closed the connection.</summary>
    public async Task<BsonDocument?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var header = await ReadAsync(16, cancellationToken);
        if (header is null) return null;
        var rest = await ReadAsync(BinaryPrimitives.ReadInt32LittleEndian(header) - 16, cancellationToken);
        return BsonSerializer.Deserialize<BsonDocument>(rest![(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)) == 1 ? 20 : 5)..]);
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
