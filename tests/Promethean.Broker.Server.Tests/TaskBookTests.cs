using CsCheck;

namespace Promethean.Broker.Server.Tests;

/// <summary>The rules by which tasks come and go, where no frame shows them.</summary>
public sealed class TaskBookTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly object Holder = new();
    private static readonly TaskBookLimits Limits = new() { Tasks = 100, Queues = 10, Attempts = 5, DedupeWindow = TimeSpan.FromMinutes(5) };

    [Fact]
    public void A_name_in_a_queue_of_dead_letters_is_forgotten_like_any_other()
    {
        var book = Book();
        var named = new EnqueueOptions { DedupeId = "n" };
        book.Add("q.dead", default, named, Start);
        book.Complete(book.Take("q.dead", Holder, Lease, Start)!, Start);
        book.Add("q.dead", default, named, Start + TimeSpan.FromMinutes(5)).IsDuplicate.Should().BeFalse();
    }

    [Fact]
    public void A_delay_that_has_passed_where_nobody_takes_is_not_due_for_ever()
    {
        var book = Book();
        book.Add("q", default, new() { Delay = TimeSpan.FromSeconds(1) }, Start);
        book.NextDue.Should().Be(Start + TimeSpan.FromSeconds(1));
        book.Ripen(Start + TimeSpan.FromSeconds(1));
        book.NextDue.Should().BeNull();
    }

    [Fact]
    public void A_queue_that_is_empty_is_none()
    {
        var book = Book();
        book.Add("q", default, new(), Start);
        book.Complete(book.Take("q", Holder, Lease, Start)!, Start);
        book.Shelves.Should().BeEmpty();
    }

    /// <summary>Whatever happens to tasks, each is in one place: none is lost, none is there twice, none is held beyond its lease.</summary>
    [Fact]
    public void No_task_is_lost_or_doubled() => Gen.Int[0, 5].Array[0, 60].Sample(
        steps =>
        {
            var book = Book();
            var (now, added, completed) = (Start, 0, 0);
            foreach (var step in steps)
            {
                now += TimeSpan.FromSeconds(1);
                var held = book.HeldBy(Holder);
                switch (step)
                {
                    case 0 or 1:
                        book.Add("q", default, new() { Delay = TimeSpan.FromSeconds(step * 3), MaxAttempts = 2 }, now);
                        added++;
                        break;
                    case 2:
                        _ = book.Take("q", Holder, Lease, now) ?? book.Take("q.dead", Holder, Lease, now);
                        break;
                    case 3 when held.Count > 0:
                        book.Complete(held[0], now);
                        completed++;
                        break;
                    case 4 when held.Count > 0:
                        book.Return(held[^1], new() { Delay = TimeSpan.FromSeconds(2) }, now);
                        break;
                    default:
                        foreach (var task in book.Expired(now))
                        {
                            book.Return(task, new(), now);
                        }

                        book.HeldBy(Holder).Should().NotContain(task => task.Due <= now);
                        break;
                }

                book.Shelves.Values.Sum(shelf => shelf.Count).Should().Be(added - completed);
                book.Shelves.Values.Should().NotContain(shelf => shelf.Count != shelf.Ready + shelf.Delayed + shelf.Held || shelf.Count == 0);
            }
        },
        iter: 500);

    private static TaskBook Book() => new("t", Limits);
}
