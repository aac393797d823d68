using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Serves one client: reads a message, runs its command, sends the reply, in that order, until either side closes.</summary>
internal sealed class ClientConnection(int id, Socket socket, CommandDispatcher dispatcher, ILogger logger)
{
    private int _lastRequestId;

    /// <summary>Serves until the client leaves, misbehaves, or the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var client = socket;
        using var reader = new MessageReader(socket);
        using var buffer = new ReplyBuffer();
        try
        {
            while (true)
            {
                var message = await reader.ReadAsync(stopping).ConfigureAwait(false);
                if (message.IsEmpty) break;
                await ServeAsync(message, buffer, stopping).ConfigureAwait(false);
            }
        }
        catch (ProtocolViolationException violation)
        {
            Log.ProtocolViolated(logger, id, violation.Message);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            Log.ConnectionLost(logger, id, failure.Message);
        }
    }

    private async ValueTask ServeAsync(ReadOnlyMemory<byte> message, ReplyBuffer buffer, CancellationToken stopping)
    {
        var header = MessageHeader.Read(message.Span);
        CommandReply? reply;
        switch (header.OpCode)
        {
            case OpCode.Message:
                reply = await RunMessageAsync(message, stopping).ConfigureAwait(false);
                if (reply is null) return;
                ReplyWriter.WriteMessage(buffer, ++_lastRequestId, header.RequestId, reply);
                break;
            case OpCode.Query:
                reply = await RunQueryAsync(message, stopping).ConfigureAwait(false);
                ReplyWriter.WriteLegacy(buffer, ++_lastRequestId, header.RequestId, reply);
                break;
            default:
                throw new ProtocolViolationException($"The opcode {(int)header.OpCode} is not supported.");
        }

        for (var rest = buffer.Written; !rest.IsEmpty;)
        {
            var sent = await socket.SendAsync(rest, SocketFlags.None, stopping).ConfigureAwait(false);
            rest = rest[sent..];
        }

        buffer.Clear();
    }

    private async ValueTask<CommandReply?> RunMessageAsync(ReadOnlyMemory<byte> message, CancellationToken stopping)
    {
        var flags = OpMsgReader.ReadFlags(message.Span);
        CommandReply reply;
        try
        {
            reply = await dispatcher.RunAsync(OpMsgReader.Read(message, flags), id, stopping).ConfigureAwait(false);
        }
        catch (MongoCommandFailedException malformed)
        {
            reply = ErrorReply.From(malformed);
        }

        return (flags & OpMsgFlags.MoreToCome) == 0 ? reply : null;
    }

    private async ValueTask<CommandReply> RunQueryAsync(ReadOnlyMemory<byte> message, CancellationToken stopping)
    {
        try
        {
            return await dispatcher.RunAsync(OpQueryReader.Read(message), id, stopping).ConfigureAwait(false);
        }
        catch (MongoCommandFailedException malformed)
        {
            return ErrorReply.From(malformed);
        }
    }
}
