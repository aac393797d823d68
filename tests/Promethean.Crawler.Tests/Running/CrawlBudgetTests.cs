namespace Promethean.Crawler.Tests;

public sealed class CrawlBudgetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_all_places_are_reserved_others_wait_for_how_they_turn_out()
    {
        var budget = new CrawlBudget(limit: 2, used: 1);
        (await budget.ReserveAsync(Token)).Should().BeTrue();
        var first = budget.ReserveAsync(Token).AsTask();
        var second = budget.ReserveAsync(Token).AsTask();
        first.IsCompleted.Should().BeFalse();

        budget.GiveBack();
        (await first).Should().BeTrue();
        second.IsCompleted.Should().BeFalse();
        budget.Commit();

        (await second).Should().BeFalse();
        budget.IsSpent.Should().BeTrue();
        (await budget.ReserveAsync(Token)).Should().BeFalse();
    }

    [Fact]
    public async Task Whoever_stops_waiting_takes_no_place_along()
    {
        var budget = new CrawlBudget(limit: 1, used: 0);
        await budget.ReserveAsync(Token);
        using var gone = new CancellationTokenSource();
        var waiting = budget.ReserveAsync(gone.Token).AsTask();
        var next = budget.ReserveAsync(Token).AsTask();

        await gone.CancelAsync();
        budget.GiveBack();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
        (await next).Should().BeTrue();
    }

    [Fact]
    public async Task Many_at_once_get_exactly_the_limit()
    {
        const int seed = 5;
        var budget = new CrawlBudget(limit: 100, used: 0);
        var pages = 0;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            while (await budget.ReserveAsync(Token))
            {
                await Task.Yield();
                if (random.Next(3) == 0)
                {
                    budget.GiveBack();
                    continue;
                }

                Interlocked.Increment(ref pages);
                budget.Commit();
            }
        }, Token)));

        pages.Should().Be(100, "seed {0}", seed);
    }
}
