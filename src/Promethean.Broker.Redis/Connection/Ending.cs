namespace Promethean.Broker.Redis;

/// <summary>A token that is ended once, by whoever hears that there is no use in going on.</summary>
internal sealed class Ending : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public Ending() => Token = _source.Token;

    /// <summary>May be asked for after the disposal.</summary>
    public CancellationToken Token { get; }

    /// <summary>Ends the token off this thread: what hangs on it runs in there.</summary>
    public void Begin() => _ = Task.Run(BeginAsync);

    public void Dispose() => _source.Dispose();

    private async Task BeginAsync()
    {
        try
        {
            await _source.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // What it would have ended has ended.
        }
    }
}
