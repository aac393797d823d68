namespace Promethean.Broker.Server;

/// <summary>A pattern subscribed at the backplane, for as long as a client here uses it.</summary>
internal sealed class TopicFeed(string pattern, BackplaneLink backplane, TopicRouter local, int capacity) : IAsyncDisposable
{
    private volatile bool _isOver;
    private Task<IBrokerSubscription>? _started;

    public string Pattern => pattern;

    /// <summary>Connections that use it; under the lock of the one who counts.</summary>
    public int Users { get; set; }

    /// <summary>Whether it was given up, so that what it still brings is nobody's.</summary>
    public bool IsOver => _isOver;

    /// <summary>Completes when the backplane has acknowledged it. Called under the lock of the one who counts.</summary>
    public Task StartAsync() => _started ??= Task.Run(SubscribeAsync);

    public void GiveUp() => _isOver = true;

    public async ValueTask DisposeAsync()
    {
        if (_started is not null)
        {
            await ((Task)_started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_started.IsCompletedSuccessfully)
            {
                await (await _started.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<IBrokerSubscription> SubscribeAsync()
    {
        System.Diagnostics.Activity.Current = null;
        using var late = new CancellationTokenSource(backplane.Patience, backplane.Time);
        return await backplane.Client.SubscribeAsync(
            pattern,
            (message, _) =>
            {
                local.Deliver(this, message);
                return ValueTask.CompletedTask;
            },
            new() { Capacity = capacity, OnGap = gap => local.TellGap(pattern, gap) },
            late.Token).ConfigureAwait(false);
    }
}
