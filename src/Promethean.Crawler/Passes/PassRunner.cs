using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using Promethean.Broker;
using Promethean.DualSink;
using Promethean.Vectors;

namespace Promethean.Crawler;

/// <summary>
/// Takes pages through their passes: reads what is due from the store into a bounded channel, and some workers empty it. What
/// is due stands in the store alone, so a crash loses nothing but the pass it interrupted, which runs again.
/// </summary>
internal sealed class PassRunner(
    PassStore store, IEnumerable<IPagePass> passes, ModelClient models, CrawlerOptions options, CrawlCounters counters, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<string, IPagePass> _passes = passes.ToDictionary(pass => pass.Stage, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _inFlight = new(StringComparer.Ordinal);
    private readonly Pulse _changed = new(time);
    private int _brokerFailures;
    private long _heldUntil;

    /// <summary>Says that work has been stored.</summary>
    public void Notify() => _changed.Send();

    /// <summary>Works until nothing is left and <paramref name="noMore"/> says that nothing will come.</summary>
    public async Task RunAsync(Task noMore, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<PassPage>(new BoundedChannelOptions(options.PassWorkers * 4) { SingleWriter = true });
        var workers = Enumerable.Range(0, options.PassWorkers).Select(_ => WorkAsync(channel.Reader, stop)).ToList();
        _ = noMore.ContinueWith(_ => Notify(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await PumpAsync(channel.Writer, noMore, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A worker broke and stopped the others; its own exception comes below.
        }
        finally
        {
            channel.Writer.Complete();
            await Task.WhenAll(workers).ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(ChannelWriter<PassPage> channel, Task noMore, CancellationToken cancellationToken)
    {
        var batch = options.PassWorkers * 16;
        while (true)
        {
            var changed = _changed.Next;
            var last = noMore.IsCompleted;
            var held = new DateTimeOffset(Interlocked.Read(ref _heldUntil), TimeSpan.Zero);
            if (held > time.GetUtcNow())
            {
                await _changed.WaitAsync(changed, held, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Whatever was in flight before the read may come back as it was then, so only the others are handed out.
            HashSet<string> busy = [.. _inFlight.Keys];
            var now = time.GetUtcNow().UtcDateTime;
            var due = await store.DueAsync(now, batch, cancellationToken).ConfigureAwait(false);
            var handed = false;
            foreach (var page in due)
            {
                if (busy.Contains(page.Id) || !_inFlight.TryAdd(page.Id, true)) continue;
                await channel.WriteAsync(page, cancellationToken).ConfigureAwait(false);
                handed = true;
            }

            if (handed) continue;
            var next = await store.NextDueAsync(now, cancellationToken).ConfigureAwait(false);
            if (due.Count == 0 && next is null && busy.Count == 0 && last) return;
            await _changed.WaitAsync(changed, next, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(ChannelReader<PassPage> channel, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var page in channel.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                await TakeThroughAsync(page, stop.Token).ConfigureAwait(false);
                _inFlight.TryRemove(page.Id, out _);
                Notify();
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task TakeThroughAsync(PassPage page, CancellationToken cancellationToken)
    {
        using var activity = CrawlerDiagnostics.Activities.StartActivity("crawler.passes");
        activity?.SetTag("url.full", page.Url);
        while (_passes.TryGetValue(page.Stage, out var pass))
        {
            var connected = models.IsConnected;
            try
            {
                var made = await pass.RunAsync(page, cancellationToken).ConfigureAwait(false);
                _brokerFailures = 0;
                counters.LastPassError = null;
                counters.AddPassDone(pass.Stage);
                if (pass.Next is not { } next)
                {
                    await store.FinishAsync(page, cancellationToken).ConfigureAwait(false);
                    counters.AddPasses(-1);
                    return;
                }

                if (!await store.AdvanceAsync(page, made, next, cancellationToken).ConfigureAwait(false))
                {
                    counters.AddPasses(-1);
                    return;
                }

                (page.Stage, page.Tries) = (next, 0);
            }
            catch (StaleWorkException)
            {
                // Newer work for the page is due, and counted.
                counters.AddPasses(-1);
                return;
            }
            catch (Exception e) when (e is not (OperationCanceledException or MongoException))
            {
                if (await FailAsync(page, pass, e, connected && models.IsConnected, cancellationToken).ConfigureAwait(false)) return;
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                if (await FailAsync(page, pass, e, connected && models.IsConnected, cancellationToken).ConfigureAwait(false)) return;
            }
        }
    }

    // True when the page has to wait or is finished; false when it goes on with the next pass.
    private async Task<bool> FailAsync(PassPage page, IPagePass pass, Exception error, bool connected, CancellationToken cancellationToken)
    {
        counters.LastPassError = error.Message;
        if (!connected && error is BrokerException { IsTransient: true } or OperationCanceledException)
        {
            var delay = Backoff.After(Interlocked.Increment(ref _brokerFailures), options.PassRetryDelay, options.PassMaxRetryDelay);
            var until = time.GetUtcNow() + delay;
            Interlocked.Exchange(ref _heldUntil, until.UtcTicks);
            Log.BrokerAway(logger, delay, error.Message);
            await store.RetryAsync(page, until, error.Message, cancellationToken).ConfigureAwait(false);
            return true;
        }

        page.Tries++;
        var again = page.Tries < options.PassMaxTries && !IsForGood(error, page.Tries);
        CrawlerDiagnostics.PassFailures.Add(1, new("pass", pass.Stage), new("retried", again));
        if (again)
        {
            var delay = Backoff.After(page.Tries, options.PassRetryDelay, options.PassMaxRetryDelay);
            if (error is BrokerException { RetryAfter: { } asked } && asked > delay) delay = asked;
            Log.PassFailed(logger, pass.Stage, page.Url, page.Tries, delay, error.Message);
            await store.RetryAsync(page, time.GetUtcNow() + delay, error.Message, cancellationToken).ConfigureAwait(false);
            return true;
        }

        Log.PassGivenUp(logger, pass.Stage, page.Url, page.Tries, error.Message);
        var next = pass.IsOptional ? pass.Next : null;
        await store.GiveUpAsync(page, next, error.Message, cancellationToken).ConfigureAwait(false);
        if (next is null)
        {
            counters.AddPasses(-1);
            return true;
        }

        (page.Stage, page.Tries) = (next, 0);
        return false;
    }

    private static bool IsForGood(Exception error, int tries) => error switch
    {
        // Asked at temperature 0, a model that gives no usable answer twice will give none.
        PassOutputException => tries >= 2,
        BrokerException broker => !broker.IsTransient,
        VectorStoreException vectors => !vectors.IsTransient,
        DualSinkException { InnerException: VectorStoreException inner } => !inner.IsTransient,
        _ => false,
    };
}
