using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>One client, for as long as it is known: over one socket, or over several where it resumes its session.</summary>
internal sealed class ClientConnection(
    string name,
    ClientIdentity identity,
    Tenant tenant,
    FrameRouter router,
    BrokerServerOptions options,
    BrokerServerMetrics metrics,
    ILogger logger)
{
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReceivedCount _received = new();
    private readonly Lock _closeLock = new();
    private bool _isInSession;
    private BackplanePart? _backplane;

    /// <summary>Tells connections apart in logs.</summary>
    public string Name => name;

    /// <summary>On whose behalf it acts.</summary>
    public ClientIdentity Identity => identity;

    /// <summary>Whose limits it counts against.</summary>
    public Tenant Tenant => tenant;

    /// <summary>The patterns it is subscribed to; the topic router's to change.</summary>
    public HashSet<string> Patterns { get; } = [];

    /// <summary>What it asked for and what it works on; the dispatcher's to change.</summary>
    public ConnectionWork Work { get; } = new();

    /// <summary>What it consumes and holds of queues; the queue dispatcher's to change.</summary>
    public ConnectionQueues Queues { get; } = new();

    /// <summary>What it has at the backplane; made on first need, since most brokers have none.</summary>
    public BackplanePart Backplane => _backplane ?? Interlocked.CompareExchange(ref _backplane, new(options), null) ?? _backplane;

    /// <summary>What waits for its socket.</summary>
    public OutgoingQueue Outgoing { get; } = new(options);

    /// <summary>Ends when the connection is to be closed for good.</summary>
    public Task Closing => _closing.Task;

    /// <summary>What its socket is closed with.</summary>
    public (WebSocketCloseStatus Status, string? Reason) Close { get; private set; } = (WebSocketCloseStatus.NormalClosure, null);

    /// <summary>Whether a socket serves it now.</summary>
    public bool IsAttached => Outgoing.IsAttached;

    /// <summary>How many frames of its session have been taken.</summary>
    public long ReceivedFrames => _received.Total;

    /// <summary>Queues a reply or a task. A client that lets too many wait is given up.</summary>
    public void Reply(ReadOnlyMemory<byte> frame)
    {
        if (!Outgoing.TryAddReply(frame) && End(WebSocketCloseStatusExtra.TryAgainLater, BrokerErrorCode.Overloaded.ToWireName(), discards: true))
        {
            Log.ConnectionShed(logger, name);
            metrics.Shed();
        }
    }

    /// <summary>Says that something is done, or why not; nothing where the id is empty, since nobody waits.</summary>
    public void Acknowledge(ReadOnlyMemory<byte> rawId, Refusal? refusal)
    {
        if (rawId.IsEmpty)
        {
            return;
        }

        if (refusal is null)
        {
            Reply(ServerFrames.Ok(rawId));
        }
        else
        {
            Refuse(rawId, refusal);
        }
    }

    public void Refuse(ReadOnlyMemory<byte> rawId, Refusal refusal)
    {
        metrics.Failed(refusal.Code);
        Reply(ServerFrames.Error(rawId, refusal));
    }

    /// <summary>Whether it reads fast enough to be given a task of a queue; where not, the router hears when it does.</summary>
    public bool HasRoomForTask() => Outgoing.HasRoomForTask();

    /// <summary>Queues a topic message; the oldest waiting makes room.</summary>
    public void Deliver(ReadOnlyMemory<byte> frame) => metrics.Dropped(Outgoing.AddMessage(frame));

    /// <summary>From here on, frames of either side are counted and can be sent again.</summary>
    public void BeginSession() => _isInSession = true;

    /// <summary>The client hears by other means how many frames have been taken.</summary>
    public void ReceivedIsTold() => _received.Reported();

    /// <summary>Acts on the frames of one message, in order.</summary>
    /// <param name="text">The message, borrowed.</param>
    /// <param name="frames">The reader's own list, to be filled anew.</param>
    public void Take(ReadOnlyMemory<byte> text, FrameList frames)
    {
        try
        {
            ClientFrameReader.Read(text, frames);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            Refuse(default, Refusal.Invalid($"The message is not JSON that can be read: {e.Message}"));
            return;
        }

        metrics.Received(frames.Count, text.Length);
        var counted = 0;
        // What is left of a message whose sender has been given up is nobody's.
        for (var i = 0; i < frames.Count && !_closing.Task.IsCompleted; i++)
        {
            var frame = frames[i];
            if (frame.Action == BrokerActions.Received)
            {
                TakeReceived(frame);
                continue;
            }

            counted++;
            try
            {
                router.Take(this, frame);
            }
            catch (Exception e)
            {
                // One frame must not cost its sender the connection, nor others theirs.
                Log.FrameFailed(logger, name, frame.Action, e);
                Refuse(frame.RawId, new(BrokerErrorCode.Internal, $"The broker failed at this '{frame.Action}'; it may have had effects."));
            }
        }

        if (_isInSession && _received.Add(counted, text.Length))
        {
            Outgoing.TellReceived(_received.Total);
        }
    }

    /// <summary>Closes after what is queued, or, where the client does not take it, without; the first status given counts.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool End(WebSocketCloseStatus status, string? reason, bool discards = false)
    {
        lock (_closeLock)
        {
            if (_closing.Task.IsCompleted)
            {
                return false;
            }

            Close = (status, reason);
            _closing.SetResult();
        }

        Outgoing.Complete(discards);
        return true;
    }

    private void TakeReceived(ClientFrame frame)
    {
        if (router.Problem(frame) is { } problem)
        {
            Refuse(default, Refusal.Invalid(problem));
        }
        else if (PayloadReader.ReadCount(frame.Payload, "seq"u8) is not { } count || !Outgoing.TryForget(count))
        {
            Refuse(default, Refusal.Invalid("received takes {seq}: how many events of this session have come; it never falls, and is at most what was sent."));
        }
    }
}
