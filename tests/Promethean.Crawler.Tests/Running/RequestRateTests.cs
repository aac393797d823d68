using Microsoft.Extensions.Time.Testing;

namespace Promethean.Crawler.Tests;

public sealed class RequestRateTests
{
    [Fact]
    public async Task Requests_are_spaced_evenly_however_many_ask_at_once()
    {
        var clock = new FakeTimeProvider();
        var rate = new RequestRate(perSecond: 4, clock);
        var waits = Enumerable.Range(0, 5).Select(_ => rate.WaitAsync(TestContext.Current.CancellationToken)).ToList();

        for (var step = 0; step < 5; step++)
        {
            waits.Count(wait => wait.IsCompleted).Should().Be(step + 1);
            clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        await Task.WhenAll(waits);
    }
}
