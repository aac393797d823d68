using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promethean.Broker.Server.Tests;

public sealed class TelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trace_reaches_the_worker_and_the_subscriber()
    {
        using var source = new ActivitySource("test.caller");
        using var listener = new ActivityListener
        {
            ShouldListenTo = heard => heard.Name is BrokerDiagnostics.Name or "test.caller",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using var broker = await TestBroker.StartAsync();
        var subscribed = new TaskCompletionSource<(ActivityTraceId?, string?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var served = new TaskCompletionSource<ActivityTraceId?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = broker.Client();
        await other.SubscribeAsync("traced", Subscribed, cancellationToken: Token);
        await other.ServeAsync(["traced"], Served, cancellationToken: Token);
        var client = broker.Client();
        await client.ConnectAsync(Token);

        using var activity = source.StartActivity("call");
        activity!.TraceStateString = "vendor=7";
        await client.PublishAsync("traced", default, cancellationToken: Token);
        await client.RequestAsync("traced", default, cancellationToken: Token);

        (await subscribed.Task).Should().Be((activity.TraceId, "vendor=7"));
        (await served.Task).Should().Be(activity.TraceId);

        ValueTask Subscribed(BrokerMessage message, CancellationToken cancellationToken)
        {
            subscribed.TrySetResult((Activity.Current?.TraceId, Activity.Current?.TraceStateString));
            return ValueTask.CompletedTask;
        }

        IAsyncEnumerable<BrokerReply> Served(BrokerRequest request, CancellationToken cancellationToken)
        {
            served.TrySetResult(Activity.Current?.TraceId);
            return WorkerReplies.EchoAsync(request, cancellationToken);
        }
    }

    [Fact]
    public async Task The_clients_metrics_bear_what_was_asked_and_served_and_subscribed()
    {
        var heard = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == BrokerDiagnostics.Name)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => heard.Add(Text(instrument, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => heard.Add(Text(instrument, tags)));
        listener.Start();
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client();
        // Names of this test alone, since clients of other tests are heard as well.
        var subscription = await client.SubscribeAsync("measured.topic.*", (_, _) => ValueTask.CompletedTask, cancellationToken: Token);
        var worker = await client.ServeAsync(["measured.action"], WorkerReplies.EchoAsync, cancellationToken: Token);
        await client.PublishAsync("measured.topic.1", default, cancellationToken: Token);
        await client.RequestAsync("measured.action", default, cancellationToken: Token);
        await Until.TrueAsync(() => subscription.Pending == 0 && worker.Active == 0);
        await subscription.DrainAsync(Token);
        await worker.DisposeAsync();

        heard.Should().Contain("messaging.client.consumed.messages promethean process process - measured.topic.*")
            .And.Contain("messaging.process.duration promethean process process - measured.topic.*")
            .And.Contain("messaging.client.operation.duration promethean request send measured.action -")
            .And.Contain("messaging.process.duration promethean serve process measured.action -")
            .And.Contain("messaging.client.sent.messages promethean publish send - -");

        static string Text(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var known = new Dictionary<string, object?>();
            foreach (var (name, value) in tags)
            {
                known[name] = value;
            }

            string[] asked = ["messaging.system", "messaging.operation.name", "messaging.operation.type", "messaging.destination.name", "messaging.destination.template"];
            return instrument.Name + string.Concat(asked.Select(name => $" {known.GetValueOrDefault(name) ?? "-"}"));
        }
    }

    [Fact]
    public async Task The_brokers_meter_counts_connections_requests_and_errors()
    {
        await using var broker = await TestBroker.StartAsync();
        using var sums = new MeterSums(broker);
        using var worker = await broker.RawAsync();
        await worker.AskAsync("""{"id":"r","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        await worker.AskAsync("""{"id":"1","action":"nobody.there"}""");
        await worker.SendAsync("""[{"id":"2","action":"job"},{"id":"3","action":"job"}]""");
        var task = (await worker.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        sums["promethean.broker.server.queue.depth"].Should().Be(1);
        await worker.AskAsync($$$"""{"action":"respond","payload":{"taskId":"{{{task}}}","event":"done","final":true}}""");

        sums["promethean.broker.server.connection.count"].Should().Be(1);
        sums["promethean.broker.server.queue.depth"].Should().Be(0);
        sums["promethean.broker.server.requests _unknown no_responders"].Should().Be(1);
        sums["promethean.broker.server.requests job"].Should().Be(1, "what went well has no error");
        sums["promethean.broker.server.errors no_responders"].Should().Be(1);
        sums["promethean.broker.server.frames receive"].Should().Be(5);
    }

    [Fact]
    public async Task The_brokers_meter_counts_what_goes_out_and_what_is_published()
    {
        await using var broker = await TestBroker.StartAsync();
        using var sums = new MeterSums(broker);
        using var client = await broker.RawAsync();
        const string Publish = """{"id":"1","action":"publish","payload":{"topic":"a","payload":1}}""";
        const string Heartbeat = """{"id":"2","action":"heartbeat"}""";
        await client.AskAsync(Publish);
        await client.AskAsync(Heartbeat);

        // An answer is counted after it was sent, so its reader may be ahead; its bytes are counted last.
        await Until.TrueAsync(() => sums["promethean.broker.server.io transmit"] == 2 * """{"id":"1","event":"ok","final":true}""".Length);
        sums["promethean.broker.server.frames transmit"].Should().Be(2);
        sums["promethean.broker.server.io receive"].Should().Be(Publish.Length + Heartbeat.Length);
        sums["promethean.broker.server.messages.published"].Should().Be(1);
    }

    [Fact]
    public async Task A_requests_duration_has_buckets_from_a_millisecond_to_two_minutes()
    {
        await using var broker = await TestBroker.StartAsync();
        // Brokers of other tests are heard as well, also when this one is gone.
        var meters = broker.Meters;
        Histogram<double>? duration = null;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name == BrokerServerDiagnostics.RequestDurationMetric)
                {
                    duration = (Histogram<double>)instrument;
                }
            },
        };
        listener.Start();

        duration!.Unit.Should().Be("s");
        duration.Advice!.HistogramBucketBoundaries.Should().StartWith([0.001]).And.EndWith([120.0]).And.BeInAscendingOrder();
    }
}
