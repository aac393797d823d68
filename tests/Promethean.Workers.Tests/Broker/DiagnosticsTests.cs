using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Workers.Tests;

public sealed class DiagnosticsTests
{
    [Fact]
    public async Task Calls_and_tokens_are_measured_under_the_names_of_the_genai_conventions()
    {
        const string model = "measured";
        var measured = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Meter.Name == WorkersDiagnostics.Name) to.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Of(tags))));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Of(tags))));
        listener.Start();

        await using var broker = new InMemoryBroker();
        var calls = 0;
        var client = new ScriptedChatClient(_ => ++calls == 1
            ? new[] { new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 3, OutputTokenCount = 2 })]) }.ToAsyncEnumerable()
            : throw new TimeoutException());
        await using var worker = await ChatWorker.StartAsync(broker.Connect(), new([new(model, client)]), cancellationToken: TestContext.Current.CancellationToken);
        await broker.Connect().ChatAsync(Ask.Chat(model, "Hi"));
        await broker.Connect().ChatAsync(Ask.Chat(model, "Hi")).ShouldFailAsync(BrokerErrorCode.Timeout);

        var mine = measured.Where(measure => model.Equals(measure.Tags.GetValueOrDefault("gen_ai.request.model"))).ToList();
        mine.Should().OnlyContain(measure => "chat".Equals(measure.Tags["gen_ai.operation.name"]) && "scripted".Equals(measure.Tags["gen_ai.provider.name"]));
        mine.Where(measure => measure.Name == "gen_ai.client.token.usage").Select(measure => (measure.Tags["gen_ai.token.type"], measure.Value))
            .Should().BeEquivalentTo([("input", 3.0), ("output", 2.0)]);
        mine.Where(measure => measure.Name == "gen_ai.client.operation.duration").Select(measure => measure.Tags.GetValueOrDefault("error.type") ?? "none")
            .Should().Equal("none", "timeout");
    }

    private static Dictionary<string, object?> Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(tags.ToArray());
}
