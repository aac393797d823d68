using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Serves one client: reads a message, runs its command, sends the reply, in that order, until either side closes.</summary>
internal sealed class ClientConnection(int id, Socket socket, CommandDispatcher dispatcher, ConnectionLimits limits, TimeProvider time, ILogger logger)
{
    private readonly ConnectedClient _client = new(id, socket.LocalEndPoint!.ToString()!);
    private readonly ConnectionDeadline _silence = new(time);

    // Bytes travel in real time, also where a test moves the clock of the server between two of them.
    private readonly ConnectionDeadline _progress = new(TimeProvider.System);

    private int _lastRequestId;

    /// <summary>Whether the client takes too long for what it does.</summary>
    public bool IsOverdue => _silence.IsOver || _progress.IsOver;

    /// <summary>Whether the client must authenticate and has not.</summary>
    public bool IsStranger => limits.AuthenticationTimeout is not null && _client.UserName is null;

    /// <summary>Closes the connection from another thread.</summary>
    public void Abort() => socket.Dispose();

    /// <summary>Serves until the client leaves, misbehaves, or the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var client = socket;
        using var reader = new MessageReader(socket, _progress, limits.MessageTimeout);
        using var buffer = new ReplyBuffer();
        try
        {
            while (true)
            {
                if (IsStranger) _silence.Within(limits.AuthenticationTimeout!.Value);
                var maxBytes = IsStranger ? WireLimits.MaxUnauthenticatedMessageBytes : WireLimits.MaxMessageBytes;
                var message = await reader.ReadAsync(maxBytes, stopping).ConfigureAwait(false);
                if (message.IsEmpty) break;
                _silence.Lift();
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

    private ValueTask ServeAsync(ReadOnlyMemory<byte> message, ReplyBuffer buffer, CancellationToken stopping)
    {
        var header = MessageHeader.Read(message.Span);
        return header.OpCode switch
        {
            OpCode.Message => ServeMessageAsync(header.RequestId, message, buffer, stopping),
            OpCode.Query => ServeQueryAsync(header.RequestId, message, buffer, stopping),
            OpCode.Compressed => throw new ProtocolViolationException("A compressed message came, and no compressor was offered."),
            _ => throw new ProtocolViolationException($"The opcode {(int)header.OpCode} is not supported."),
        };
    }

    private async ValueTask ServeMessageAsync(int requestId, ReadOnlyMemory<byte> message, ReplyBuffer buffer, CancellationToken stopping)
    {
        var flags = OpMsgReader.ReadFlags(message.Span);
        CommandRequest? request = null;
        while (true)
        {
            CommandReply reply;
            try
            {
                request ??= OpMsgReader.Read(message, flags);
                reply = await dispatcher.RunAsync(request, _client, stopping).ConfigureAwait(false);
            }
            catch (MongoCommandFailedException malformed)
            {
                reply = ErrorReply.From(malformed);
            }

            if ((flags & OpMsgFlags.MoreToCome) != 0) return;
            var isRepeated = reply.MayRepeat && (flags & OpMsgFlags.ExhaustAllowed) != 0;
            ReplyWriter.WriteMessage(buffer, ++_lastRequestId, requestId, reply, isRepeated ? OpMsgFlags.MoreToCome : OpMsgFlags.None);
            await SendAsync(buffer, stopping).ConfigureAwait(false);
            if (!isRepeated) return;
            // As if the client had asked again, knowing what it was told.
            request!.Body["topologyVersion"] = reply.Body["topologyVersion"];
            requestId = _lastRequestId;
        }
    }

    private async ValueTask ServeQueryAsync(int requestId, ReadOnlyMemory<byte> message, ReplyBuffer buffer, CancellationToken stopping)
    {
        CommandReply reply;
        try
        {
            reply = await dispatcher.RunAsync(OpQueryReader.Read(message), _client, stopping).ConfigureAwait(false);
        }
        catch (MongoCommandFailedException malformed)
        {
            reply = ErrorReply.From(malformed);
        }

        ReplyWriter.WriteLegacy(buffer, ++_lastRequestId, requestId, reply);
        await SendAsync(buffer, stopping).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(ReplyBuffer buffer, CancellationToken stopping)
    {
        _progress.Within(limits.MessageTimeout, buffer.Length);
        for (var rest = buffer.Written; !rest.IsEmpty;)
        {
            var sent = await socket.SendAsync(rest, SocketFlags.None, stopping).ConfigureAwait(false);
            rest = rest[sent..];
        }

        _progress.Lift();
        buffer.Clear();
    }
}
