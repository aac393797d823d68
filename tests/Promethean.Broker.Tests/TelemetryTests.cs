using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Tests;

/// <summary>Listeners hear the whole process, so whatever emits here runs in one collection, one after the other.</summary>
[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void While_nobody_listens_there_is_no_operation()
    {
        BrokerTelemetry.StartPublish("a").Should().BeNull();
        BrokerTelemetry.StartRequest("a").Should().BeNull();
        BrokerTelemetry.StartProcess(Message(), "a").Should().BeNull();
        var headers = new Dictionary<string, string>();
        BrokerTelemetry.WithTrace(headers).Should().BeSameAs(headers);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            using var operation = BrokerTelemetry.StartPublish("a");
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void What_is_sent_is_counted_and_timed_with_the_conventions_attributes()
    {
        using var heard = new HeardMetrics();
        using (BrokerTelemetry.StartEnqueue("jobs", _time))
        {
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        using (var failing = BrokerTelemetry.StartPublish("made.up.7", _time))
        {
            failing!.Fail(new BrokerException(BrokerErrorCode.Timeout, "late"));
        }

        heard.Measurements.Should().Equal(
            "messaging.client.operation.duration 2 s: messaging.system=promethean messaging.operation.name=enqueue messaging.operation.type=send messaging.destination.name=jobs",
            "messaging.client.sent.messages 1 {message}: messaging.system=promethean messaging.operation.name=enqueue messaging.operation.type=send messaging.destination.name=jobs",
            "messaging.client.operation.duration 0 s: messaging.system=promethean messaging.operation.name=publish messaging.operation.type=send error.type=timeout",
            "messaging.client.sent.messages 1 {message}: messaging.system=promethean messaging.operation.name=publish messaging.operation.type=send error.type=timeout");
    }

    [Fact]
    public void What_is_handled_is_counted_and_timed_by_what_was_subscribed_to()
    {
        using var heard = new HeardMetrics();
        using (var operation = BrokerTelemetry.StartProcess(Message(), "a.*", _time))
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            operation!.Fail(new FormatException());
            operation.Fail(new TimeoutException());
        }

        heard.Measurements.Should().Equal(
            "messaging.client.consumed.messages 1 {message}: messaging.system=promethean messaging.operation.name=process messaging.operation.type=process messaging.destination.template=a.*",
            "messaging.process.duration 0.5 s: messaging.system=promethean messaging.operation.name=process messaging.operation.type=process messaging.destination.template=a.* error.type=System.FormatException");
    }

    [Fact]
    public void Durations_advise_the_buckets_of_the_convention()
    {
        foreach (var histogram in new[] { BrokerDiagnostics.OperationDuration, BrokerDiagnostics.ProcessDuration })
        {
            histogram.Advice!.HistogramBucketBoundaries.Should().Equal(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);
        }
    }

    [Theory]
    [InlineData("publish", ActivityKind.Producer, "send")]
    [InlineData("enqueue", ActivityKind.Producer, "send")]
    [InlineData("request", ActivityKind.Client, "send")]
    [InlineData("nack", ActivityKind.Client, "settle")]
    [InlineData("process", ActivityKind.Consumer, "process")]
    [InlineData("serve", ActivityKind.Server, "process")]
    public void A_span_bears_its_operations_name_kind_and_type(string name, ActivityKind kind, string type)
    {
        using var listener = Listen();
        using var operation = name switch
        {
            "publish" => BrokerTelemetry.StartPublish("a.b"),
            "enqueue" => BrokerTelemetry.StartEnqueue("a.b"),
            "request" => BrokerTelemetry.StartRequest("a.b"),
            "process" => BrokerTelemetry.StartProcess(Message(), "a.*"),
            "serve" => BrokerTelemetry.StartServe("a.b", null),
            _ => BrokerTelemetry.StartSettle(name, "a.b"),
        };
        var activity = Activity.Current!;
        activity.DisplayName.Should().Be(name + " a.b");
        activity.Kind.Should().Be(kind);
        activity.GetTagItem("messaging.operation.name").Should().Be(name);
        activity.GetTagItem("messaging.operation.type").Should().Be(type);
        activity.GetTagItem("messaging.system").Should().Be("promethean");
        activity.GetTagItem("messaging.destination.name").Should().Be("a.b");
        activity.GetTagItem("messaging.destination.template").Should().Be(name == "process" ? "a.*" : null);
        operation!.Fail(new BrokerException(BrokerErrorCode.NotFound, "gone"));
        activity.GetTagItem("error.type").Should().Be("not_found");
        activity.Status.Should().Be(ActivityStatusCode.Error);
    }

    [Fact]
    public void A_trace_and_its_state_travel_in_the_headers()
    {
        using var listener = Listen();
        IReadOnlyDictionary<string, string> headers;
        ActivityContext sent;
        using (BrokerTelemetry.StartPublish("a.b"))
        {
            Activity.Current!.TraceStateString = "vendor=7";
            sent = Activity.Current.Context;
            headers = BrokerTelemetry.WithTrace(new Dictionary<string, string> { ["mine"] = "1" });
        }

        headers.Should().HaveCount(3).And.Contain("mine", "1").And.Contain("tracestate", "vendor=7");
        using var handling = BrokerTelemetry.StartProcess(Message(headers), "a.b");
        Activity.Current!.TraceId.Should().Be(sent.TraceId);
        Activity.Current.ParentSpanId.Should().Be(sent.SpanId);
        Activity.Current.TraceStateString.Should().Be("vendor=7");
        BrokerTelemetry.WithTrace(headers).Should().BeSameAs(headers, "a trace given by the caller is kept");
    }

    [Fact]
    public void A_trace_that_cannot_be_read_is_none()
    {
        BrokerTelemetry.ReadTrace(new Dictionary<string, string> { ["traceparent"] = "nonsense" }).Should().Be(default(ActivityContext));
    }

    private static BrokerMessage Message(IReadOnlyDictionary<string, string>? headers = null) =>
        new("1", "a.b", default, default, headers ?? new Dictionary<string, string>());

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BrokerDiagnostics.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>The measurements of the convention's metrics, as text.</summary>
    private sealed class HeardMetrics : IDisposable
    {
        private readonly MeterListener _listener = new();

        public HeardMetrics()
        {
            _listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == BrokerDiagnostics.Name && instrument.Name.StartsWith("messaging.", StringComparison.Ordinal))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.Start();
        }

        public List<string> Measurements { get; } = [];

        public void Dispose() => _listener.Dispose();

        private void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = FormattableString.Invariant($"{instrument.Name} {value} {instrument.Unit}:");
            foreach (var (name, tag) in tags)
            {
                text += $" {name}={tag}";
            }

            lock (Measurements)
            {
                Measurements.Add(text);
            }
        }
    }
}
