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
        var subscribed = new TaskCompletionSource<ActivityTraceId?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var served = new TaskCompletionSource<ActivityTraceId?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = broker.Client();
        await other.SubscribeAsync("traced", Subscribed, cancellationToken: Token);
        await other.ServeAsync(["traced"], Served, cancellationToken: Token);
        var client = broker.Client();
        await client.ConnectAsync(Token);

        using var activity = source.StartActivity("call");
        await client.PublishAsync("traced", default, cancellationToken: Token);
        await client.RequestAsync("traced", default, cancellationToken: Token);

        (await subscribed.Task).Should().Be(activity!.TraceId);
        (await served.Task).Should().Be(activity.TraceId);

        ValueTask Subscribed(BrokerMessage message, CancellationToken cancellationToken)
        {
            subscribed.TrySetResult(Activity.Current?.TraceId);
            return ValueTask.CompletedTask;
        }

        IAsyncEnumerable<BrokerReply> Served(BrokerRequest request, CancellationToken cancellationToken)
        {
            served.TrySetResult(Activity.Current?.TraceId);
            return WorkerReplies.EchoAsync(request, cancellationToken);
        }
    }

    [Fact]
    public async Task The_brokers_meter_counts_connections_requests_and_errors()
    {
        await using var broker = await TestBroker.StartAsync();
        var sums = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Promethean.Broker.Server")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            // Meters of brokers in other tests are heard as well; only this one's scope counts.
            if (ReferenceEquals(instrument.Meter.Scope, broker.Meters))
            {
                lock (sums)
                {
                    sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
                }
            }
        });
        listener.Start();
        using var worker = await broker.RawAsync();
        await worker.AskAsync("""{"id":"r","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        await worker.AskAsync("""{"id":"1","action":"nobody.there"}""");
        await worker.SendAsync("""[{"id":"2","action":"job"},{"id":"3","action":"job"}]""");
        var task = (await worker.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        sums["promethean.broker.server.queue.depth"].Should().Be(1);
        await worker.AskAsync($$$"""{"action":"respond","payload":{"taskId":"{{{task}}}","event":"done","final":true}}""");

        sums["promethean.broker.server.connections"].Should().Be(1);
        sums["promethean.broker.server.queue.depth"].Should().Be(0);
        sums["promethean.broker.server.requests"].Should().Be(2, "one refused, one done");
        sums["promethean.broker.server.errors"].Should().Be(1);
        sums["promethean.broker.server.frames"].Should().Be(5);
    }
}
