using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>This client's requests, its workers, and what its workers serve.</summary>
internal sealed class WorkDesk(RedisLink link, RedisKeys keys, RedisBrokerOptions options, ILogger logger)
{
    private readonly ConcurrentDictionary<string, OpenRequest> _requests = new();
    private readonly ConcurrentDictionary<string, ActionWorker> _workers = new();
    private readonly ConcurrentDictionary<string, RedisAnswer> _answers = new();
    private readonly ConcurrentQueue<string> _uncancelled = new();
    private long _lastRequest;
    private int _lastWorker;

    public IEnumerable<ActionWorker> Workers => _workers.Values;

    public bool IsIdle => _requests.IsEmpty && _workers.IsEmpty && _answers.IsEmpty && _uncancelled.IsEmpty;

    public string NextWorker() => $"{keys.Client}/w{Interlocked.Increment(ref _lastWorker)}";

    public OpenRequest Open(string action)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{keys.Client}-{Interlocked.Increment(ref _lastRequest):x}");
        return _requests[id] = new(id, action, options.MaxPendingReplies);
    }

    /// <summary>Brings a request to a worker, or to wait for one.</summary>
    public async ValueTask SubmitAsync(
        IDatabase database, OpenRequest request, string action, JsonPayload payload, int priority, TimeSpan timeout, CancellationToken cancellationToken)
    {
        request.IsSubmitted = true;
        var result = await EvaluateAsync(
            database,
            $"the request for '{action}'",
            ["submit", keys.Inboxes, Presence, request.Id, keys.Client, action, priority, Milliseconds(timeout),
                BrokerTelemetry.CurrentTraceParent ?? "-", payload.Utf8, options.MaxQueuedRequests],
            cancellationToken).ConfigureAwait(false);
        var outcome = (string)result[0]!;
        request.IsSubmitted = outcome is "assigned" or "waiting";
        if (!request.IsSubmitted)
        {
            throw outcome == "full"
                ? new BrokerException(BrokerErrorCode.Overloaded, $"{options.MaxQueuedRequests} requests for '{action}' wait already.", TimeSpan.FromSeconds(1))
                : new BrokerException(BrokerErrorCode.NoResponders, $"No worker serves '{action}' now.");
        }
    }

    /// <summary>Forgets a request, and cancels its work where the answer has not ended.</summary>
    public void Abandon(OpenRequest request)
    {
        _requests.TryRemove(request.Id, out _);
        if (request.IsSubmitted && !request.IsAnswered)
        {
            _ = CancelAsync(link.Current, request.Id);
        }
    }

    /// <summary>Fails every request that waits, and cancels its work.</summary>
    public void FailAll(BrokerException error)
    {
        foreach (var request in _requests.Values)
        {
            request.Fail(error);
        }
    }

    public async Task CancelAllAsync()
    {
        var current = link.Current;
        await Task.WhenAll(_requests.Values.Where(request => request.IsSubmitted && !request.IsAnswered).Select(request => CancelAsync(current, request.Id))).ConfigureAwait(false);
    }

    public async Task AddAsync(ActionWorker worker, CancellationToken cancellationToken)
    {
        var database = await link.GetAsync(null, cancellationToken).ConfigureAwait(false);
        _workers[worker.Name] = worker;
        await AnnounceAsync(database, worker, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a worker out; what it serves fails for its callers, what waits goes to others.</summary>
    public async Task RemoveAsync(ActionWorker worker)
    {
        if (_workers.TryRemove(worker.Name, out _) && link.Current is { } database)
        {
            try
            {
                await EvaluateAsync(database, "the end of a worker", ["leave", keys.Inboxes, Presence, worker.Name], default).ConfigureAwait(false);
            }
            catch (BrokerException e)
            {
                Log.LeaveLost(logger, worker.Name, e);
            }
        }
    }

    public void Take(InboxNote note)
    {
        switch (note.Kind)
        {
            case 'R' or 'E' when _requests.TryGetValue(note.Words[1], out var request):
                AnswerNotes.Pass(note, request);
                break;
            case 'W':
                Assign(note);
                break;
            case 'X' when _answers.TryGetValue(note.Words[2], out var answer):
                answer.Close();
                break;
            default:
                // What nobody here waits for any more.
                break;
        }
    }

    /// <summary>Shows that the workers live, and looks whether the requests do.</summary>
    public async Task BeatAsync(IDatabase database)
    {
        for (var i = _uncancelled.Count; i > 0 && _uncancelled.TryDequeue(out var id); i--)
        {
            await CancelAsync(database, id).ConfigureAwait(false);
        }

        foreach (var worker in Workers)
        {
            await AnnounceAsync(database, worker, default).ConfigureAwait(false);
        }

        foreach (var answer in _answers.Values)
        {
            if (!await answer.HasCallerAsync(database).ConfigureAwait(false))
            {
                answer.Close();
            }
        }

        await CheckAsync(database).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<string>> ModelsAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var lists = await EvaluateAsync(database, "the list of models", ["models", keys.Inboxes, Presence], cancellationToken).ConfigureAwait(false);
        return [.. ((RedisValue[])lists!).SelectMany(list => ((string)list!).Split('\n', StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Workers, requests that wait and requests that are served, of all clients.</summary>
    public async Task<(long Workers, long Queued, long Running)> CountAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var counts = await EvaluateAsync(database, "the counts of work", ["count", keys.Inboxes, Presence], cancellationToken).ConfigureAwait(false);
        return ((long)counts[0], (long)counts[1], (long)counts[2]);
    }

    private long Presence => (long)options.PresenceTimeout.TotalMilliseconds;

    private static long Milliseconds(TimeSpan time) => (long)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue);

    private Task<RedisResult> EvaluateAsync(IDatabase database, string what, RedisValue[] arguments, CancellationToken cancellationToken) =>
        link.EvaluateAsync(database, RedisScript.Work, keys.Work, arguments, what, cancellationToken);

    private void Assign(InboxNote note)
    {
        var (name, id, left, trace, caller, action) = (note.Words[1], note.Words[2], note.Words[3], note.Words[4], note.Words[5], note.Words[6]);
        if (!_workers.TryGetValue(name, out var worker))
        {
            // A worker that has left: its callers have been told.
            return;
        }

        var answer = _answers[id] = new(id, name, caller, action, link, keys, options, ended => _answers.TryRemove(ended.Id, out _));
        var timeLeft = TimeSpan.FromMilliseconds(Math.Max(0, long.Parse(left, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)));
        worker.Take(new(id, action, JsonPayload.FromTrustedUtf8(note.Body), timeLeft, name, trace == "-" ? null : trace), answer);
    }

    private async Task AnnounceAsync(IDatabase database, ActionWorker worker, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            "serve", keys.Inboxes, Presence, worker.Name, worker.Options.Concurrency, string.Join(' ', worker.Actions.Distinct()), string.Join('\n', worker.Options.Models),
            .. _answers.Values.Where(answer => answer.Worker == worker.Name).Select(answer => (RedisValue)answer.Id),
        ];
        var lost = await EvaluateAsync(database, $"the worker for '{string.Join("', '", worker.Actions)}'", arguments, cancellationToken).ConfigureAwait(false);
        foreach (var id in (RedisValue[])lost!)
        {
            // Redis has told the caller, or knows nothing of the request any more.
            if (_answers.TryGetValue((string)id!, out var answer))
            {
                answer.Close();
            }
        }
    }

    private async Task CheckAsync(IDatabase database)
    {
        var open = _requests.Values.Where(request => request.IsSubmitted && !request.IsAnswered).ToList();
        if (open.Count == 0)
        {
            return;
        }

        RedisValue[] arguments = ["check", keys.Inboxes, Presence, .. open.Select(request => (RedisValue)request.Id)];
        var lost = ((RedisValue[])(await EvaluateAsync(database, "a look at the requests", arguments, default).ConfigureAwait(false))!).Select(id => (string)id!).ToHashSet();
        foreach (var request in open)
        {
            request.Missed = lost.Contains(request.Id) ? request.Missed + 1 : 0;
            if (request.Missed > 1)
            {
                request.End(0, new(BrokerErrorCode.Internal, "The request was lost; it may have had effects.", TimeSpan.Zero));
            }
        }
    }

    private async Task CancelAsync(IDatabase? database, string id)
    {
        try
        {
            if (database is null)
            {
                _uncancelled.Enqueue(id);
                return;
            }

            await EvaluateAsync(database, "the end of a request", ["cancel", keys.Inboxes, Presence, id], default).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            _uncancelled.Enqueue(id);
            Log.CancelLost(logger, id, e);
        }
    }
}
