using Microsoft.Extensions.Time.Testing;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Tests.Wire;

public sealed class ConnectionDeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_is_over_when_its_time_is_and_never_before_it_is_set_or_after_it_is_lifted()
    {
        var deadline = new ConnectionDeadline(_time);
        _time.Advance(TimeSpan.FromDays(1));
        deadline.IsOver.Should().BeFalse();

        deadline.Within(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));
        deadline.IsOver.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        deadline.IsOver.Should().BeTrue();

        deadline.Lift();
        deadline.IsOver.Should().BeFalse();
    }

    [Fact]
    public void Many_bytes_may_take_a_second_more_for_each_64_KiB()
    {
        var deadline = new ConnectionDeadline(_time);
        deadline.Within(TimeSpan.FromSeconds(10), 640 * 1024);

        _time.Advance(TimeSpan.FromSeconds(20));
        deadline.IsOver.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        deadline.IsOver.Should().BeTrue();
    }
}
