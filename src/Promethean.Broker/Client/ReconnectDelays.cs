namespace Promethean.Broker;

/// <summary>The delays between attempts: doubling up to a limit, each shortened by up to half at random.</summary>
/// <remarks>"Equal jitter" of Brooker, <em>Exponential Backoff and Jitter</em>, AWS Architecture Blog, 2015.</remarks>
internal sealed class ReconnectDelays(TimeSpan first, TimeSpan longest, Random random)
{
    private int _doublings;

    public TimeSpan Next()
    {
        var delay = first * Math.Pow(2, _doublings);
        if (delay < longest)
        {
            _doublings++;
        }
        else
        {
            delay = longest;
        }

        return delay / 2 * (1 + random.NextDouble());
    }

    public void Reset() => _doublings = 0;
}
