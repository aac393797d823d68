using Microsoft.Extensions.Time.Testing;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Tests.Cursors;

/// <summary>Why a command stops between two documents.</summary>
public sealed class InterruptionTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_command_stops_once_its_time_is_over_and_not_before()
    {
        var interruption = new Interruption(_time, TimeSpan.FromSeconds(2), CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(2));
        var before = CodeOf(interruption);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (before, CodeOf(interruption)).Should().Be((0, 50));
    }

    [Fact]
    public void A_killed_command_stops()
    {
        var interruption = new Interruption(_time, null, CancellationToken.None);

        interruption.Kill();

        CodeOf(interruption).Should().Be(11601);
    }

    [Fact]
    public void A_command_stops_with_the_server()
    {
        using var stopping = new CancellationTokenSource();
        var interruption = new Interruption(_time, null, stopping.Token);

        stopping.Cancel();

        CodeOf(interruption).Should().Be(11600);
    }

    private static int CodeOf(Interruption interruption)
    {
        try
        {
            interruption.Check();
            return 0;
        }
        catch (MongoCommandFailedException stopped)
        {
            return stopped.Code;
        }
    }
}
