using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Promethean.Broker;
using Promethean.Broker.Redis.Tests;
using Promethean.Broker.Server.Tests;

namespace Promethean.EndToEnd.Tests;

/// <summary>Two broker processes on one Redis, of which one is killed.</summary>
[Trait("Category", "Integration")]
public sealed class BackplaneTests
{
    private const int Requests = 10_000;
    private const int AtOnce = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentBag<WebSocketBrokerClient> _clients = [];
    private readonly RecordedFrames _frames = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_one_of_two_brokers_is_killed_amid_10000_requests_each_ends_in_its_answer_or_a_transient_error()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var doomed = Start(redis);
        await using var survivor = Start(redis);
        var (first, second) = (await UrlAsync(doomed), await UrlAsync(survivor));
        try
        {
            foreach (var (url, other) in new[] { (first, second), (second, first) })
            {
                await Client(url, other).ServeAsync(["double"], DoubleAsync, new() { Concurrency = 32 }, Token);
            }

            WebSocketBrokerClient[] callers = [Client(first, second), Client(second, first)];
            var outcomes = await AskAllAsync(callers, doomed);

            var answered = outcomes.Count(outcome => outcome.Error is null);
            var slowest = outcomes.Max(outcome => outcome.Took);
            var errors = outcomes.Where(outcome => outcome.Error is not null).GroupBy(outcome => outcome.Error!.Code).OrderBy(group => group.Key);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{answered} of {Requests} answered, transient errors: {string.Join(", ", errors.Select(group => $"{group.Count()} {group.Key}"))}; the slowest took {slowest.TotalMilliseconds:0} ms"));
            outcomes.Should().HaveCount(Requests);
            outcomes.Should().NotContain(outcome => outcome.Error != null && !outcome.Error.IsTransient);
            slowest.Should().BeLessThan(Deadline + Slack);
            answered.Should().BeGreaterThan(Requests / 2, "the survivor answers");
            foreach (var caller in callers)
            {
                (await AskAsync(caller, 21)).Error.Should().BeNull("all are at the survivor by now");
            }
        }
        finally
        {
            foreach (var client in _clients)
            {
                await client.DisposeAsync();
            }
        }

        _frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }

    [Fact]
    public async Task Redis_and_a_journal_at_once_are_refused_and_neither_address_is_shown()
    {
        await using var host = HostProcess.Start("BrokerHost", ["--port", "0"], new Dictionary<string, string>
        {
            ["REDIS_URL"] = "redis://:secret@127.0.0.1:1",
            ["MONGO_URI"] = "mongodb://user:secret@127.0.0.1:1/?serverSelectionTimeoutMS=100",
        });
        (await host.ExitAsync(Token)).Should().Be(1);
        host.Errors.Should().Contain("both a backplane and").And.NotContain("secret").And.NotContain("   at ", "a stack trace is no message");
    }

    [Fact]
    public async Task A_redis_address_that_is_none_is_named_and_not_shown()
    {
        await using var host = HostProcess.Start("BrokerHost", ["--port", "0"], new Dictionary<string, string> { ["REDIS_URL"] = "redis://:secret@127.0.0.1/x" });
        (await host.ExitAsync(Token)).Should().Be(1);
        host.Errors.Should().Contain("REDIS_URL").And.NotContain("secret").And.NotContain("   at ", "a stack trace is no message");
    }

    private static HostProcess Start(RedisServer redis) =>
        HostProcess.Start("BrokerHost", ["--port", "0"], new Dictionary<string, string> { ["REDIS_URL"] = redis.Configuration });

    private static async Task<Uri> UrlAsync(HostProcess host) => new((await host.FirstLineAsync(Token))["ready ".Length..]);

    /// <summary>Asks from all callers in turn, and kills one broker when some are answered and more are under way.</summary>
    private static async Task<IReadOnlyCollection<Outcome>> AskAllAsync(WebSocketBrokerClient[] callers, HostProcess doomed)
    {
        var outcomes = new ConcurrentBag<Outcome>();
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token }, async (number, _) =>
        {
            outcomes.Add(await AskAsync(callers[number % callers.Length], number));
            if (Interlocked.Increment(ref done) == Requests / 3)
            {
                doomed.KillHard();
            }
        });
        return outcomes;
    }

    private static async Task<Outcome> AskAsync(WebSocketBrokerClient caller, int number)
    {
        var started = TimeProvider.System.GetTimestamp();
        BrokerException? error = null;
        try
        {
            var reply = await caller.RequestAsync("double", JsonPayload.Parse(number.ToString(CultureInfo.InvariantCulture)), new() { Timeout = Deadline }, Token);
            reply.Body.ToString().Should().Contain($"\"double\":{2 * number}");
        }
        catch (BrokerException e)
        {
            error = e;
        }

        return new(error, TimeProvider.System.GetElapsedTime(started));
    }

    private static async IAsyncEnumerable<BrokerReply> DoubleAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        var number = int.Parse(request.Payload.ToString(), CultureInfo.InvariantCulture);
        yield return new("done", JsonPayload.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"double":{{2 * number}}}""")), true);
    }

    private WebSocketBrokerClient Client(Uri url, Uri other)
    {
        var options = new BrokerOptions { Url = url };
        options.FallbackUrls.Add(other);
        var client = new WebSocketBrokerClient(options.RecordedBy(_frames));
        _clients.Add(client);
        return client;
    }

    private sealed record Outcome(BrokerException? Error, TimeSpan Took);
}
