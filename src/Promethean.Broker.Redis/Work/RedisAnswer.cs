using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>The answer to one request, into its caller's inbox.</summary>
internal sealed class RedisAnswer(string id, string worker, string caller, string action, RedisLink link, RedisKeys keys, RedisBrokerOptions options, Action<RedisAnswer> ended)
    : ITaskAnswer, IDisposable
{
    private readonly Ending _closed = new();
    private long _last;

    public string Id => id;

    public string Worker => worker;

    public CancellationToken Closed => _closed.Token;

    public async ValueTask ReplyAsync(BrokerReply reply, CancellationToken cancellationToken)
    {
        var note = AnswerNotes.Reply(id, _last + 1, reply);
        if (note.Length > options.MaxMessageBytes)
        {
            throw new BrokerException(
                BrokerErrorCode.TooLarge,
                $"The event '{reply.Event}' has {note.Length} bytes; at most {options.MaxMessageBytes} may be sent (RedisBrokerOptions.MaxMessageBytes).");
        }

        // A number is used up only by what can be sent, so that an error in its place does not look like a loss.
        _last++;
        if (reply.IsFinal)
        {
            await FinishAsync(note, cancellationToken).ConfigureAwait(false);
            return;
        }

        var database = await link.GetAsync(null, cancellationToken).ConfigureAwait(false);
        var listeners = await link.AskAsync(
            () => database.PublishAsync(keys.InboxOf(caller), note), $"an event of the answer to '{action}'", cancellationToken).ConfigureAwait(false);
        if (listeners == 0)
        {
            throw new BrokerException(BrokerErrorCode.Cancelled, $"Whoever asked for '{action}' is gone.");
        }
    }

    public async ValueTask FailAsync(BrokerException error, CancellationToken cancellationToken) =>
        await FinishAsync(AnswerNotes.Error(id, _last + 1, error), cancellationToken).ConfigureAwait(false);

    /// <summary>Nobody waits for it any more.</summary>
    public void Close() => _closed.Begin();

    public void Dispose() => _closed.Dispose();

    /// <summary>Whether the caller's connection is still there.</summary>
    public async Task<bool> HasCallerAsync(IDatabase database) =>
        await link.AskAsync(() => database.PublishAsync(keys.InboxOf(caller), "P\n"), "a look at the caller").ConfigureAwait(false) > 0;

    private async Task FinishAsync(byte[] note, CancellationToken cancellationToken)
    {
        try
        {
            var database = await link.GetAsync(null, cancellationToken).ConfigureAwait(false);
            await link.EvaluateAsync(
                database,
                RedisScript.Work,
                keys.Work,
                ["finish", keys.Inboxes, (long)options.PresenceTimeout.TotalMilliseconds, worker, id, note],
                $"the end of the answer to '{action}'",
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Where it could not be said, the request is no longer renewed, and its caller hears so.
            ended(this);
            Dispose();
        }
    }
}
