using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Promethean.Vectors;

namespace Promethean.DualSink.Tests;

public sealed class DualSinkWriterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_goes_to_the_document_then_to_the_vector_then_notes_that_they_agree()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan();
        await using var sink = stores.Sink(plan);

        await sink.WriteAsync(Stores.Entry("a", "one"), Token);

        plan.Calls.Should().Equal("ledger.intend", "vectors.upsert", "ledger.settle");
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task A_delete_marks_the_document_before_the_vector_goes_and_removes_it_last()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan();
        await using var sink = stores.Sink(plan);
        await sink.WriteAsync(Stores.Entry("a", "one"), Token);

        await sink.DeleteAsync("a", Token);
        await sink.DeleteAsync("a", Token);

        plan.Calls.Skip(3).Should().Equal("ledger.intend-delete", "vectors.delete", "ledger.remove", "ledger.intend-delete", "vectors.delete");
        (await stores.DocumentAsync("a")).Should().BeNull();
        (await stores.VectorAsync("a")).Should().BeNull();
    }

    [Fact]
    public async Task Content_that_is_settled_is_not_sent_to_the_vectors_again()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan();
        await using var sink = stores.Sink(plan);
        await sink.WriteAsync(Stores.Entry("a", "one"), Token);

        await sink.WriteAsync(Stores.Entry("a", "one"), Token);
        await sink.WriteAsync(Stores.Entry("a", "two"), Token);

        plan.Calls.Count(c => c == "vectors.upsert").Should().Be(2);
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task Content_of_before_is_sent_again_after_a_failed_write_between()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var fail = false;
        await using var sink = stores.Sink(new FaultPlan { Fail = (when, call) => { if (fail && call == "vectors.upsert" && when == "after") throw new IOException("reply lost"); } }, maxAttempts: 1);
        await sink.WriteAsync(Stores.Entry("a", "one"), Token);
        fail = true;
        await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "two"), Token)).Should().ThrowAsync<DualSinkException>();
        fail = false;

        await sink.WriteAsync(Stores.Entry("a", "one"), Token);

        (await stores.VectorAsync("a"))!.Document.Should().Be("one");
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task A_failing_vector_store_is_tried_again_with_growing_delays()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var time = new FakeTimeProvider();
        var attempts = new List<double>();
        var start = time.GetUtcNow();
        var plan = new FaultPlan
        {
            Fail = (when, call) =>
            {
                if (when != "before" || call != "vectors.upsert") return;
                attempts.Add((time.GetUtcNow() - start).TotalSeconds);
                if (attempts.Count < 4) throw new IOException("not now");
            },
        };
        await using var sink = stores.Sink(plan, time, maxAttempts: 5);

        var write = sink.WriteAsync(Stores.Entry("a", "one"), Token).AsTask();
        while (!write.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Yield();
        }

        await write;
        attempts.Should().HaveCount(4).And.BeInAscendingOrder();
        (attempts[1] - attempts[0]).Should().BeGreaterThanOrEqualTo(1);
        (attempts[2] - attempts[1]).Should().BeGreaterThanOrEqualTo(2);
        (attempts[3] - attempts[2]).Should().BeGreaterThanOrEqualTo(4);
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task After_the_last_attempt_the_document_is_safe_and_holds_the_error()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan { Fail = (_, call) => { if (call == "vectors.upsert") throw new IOException("the disk is on fire"); } };
        await using var sink = stores.Sink(plan);

        var error = (await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<DualSinkException>()).Which;

        (error.Stage, error.Key, error.DocumentIsSafe).Should().Be((DualSinkStage.Vector, "a", true));
        error.Message.Should().ContainAll("'a'", "'chroma'", "3 attempts", "the disk is on fire", "safe in MongoDB", "reconciliation");
        var document = (await stores.DocumentAsync("a"))!;
        document["text"].AsString.Should().Be("one");
        document["sink"]["error"].AsString.Should().Be("the disk is on fire");
        document["sink"]["tries"].ToInt32().Should().Be(3);
        (await stores.StateAsync("a")).Should().Match<SinkState>(s => s.Pending && s.Have == null && s.Want != null);
    }

    [Fact]
    public async Task What_can_never_succeed_is_not_tried_again()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan { Fail = (when, call) => { if (when == "after" && call == "vectors.upsert") throw new VectorStoreException(VectorStoreError.InvalidRecord, "no"); } };
        await using var sink = stores.Sink(plan);

        await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<DualSinkException>();

        plan.Calls.Count(c => c == "vectors.upsert").Should().Be(1);
    }

    [Fact]
    public async Task A_vector_that_could_never_be_stored_is_refused_before_anything_is_written()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan();
        await using var sink = stores.Sink(plan);
        var entry = Stores.Entry("a", "one");

        await FluentActions.Awaiting(async () => await sink.WriteAsync(entry with { Vector = entry.Vector with { Embedding = new float[3] } }, Token)).Should().ThrowAsync<VectorStoreException>();
        await FluentActions.Awaiting(async () => await sink.WriteAsync(entry with { Vector = entry.Vector with { Id = "b" } }, Token)).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Awaiting(async () => await sink.WriteAsync(entry with { Key = "" }, Token)).Should().ThrowAsync<ArgumentException>();

        plan.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task When_the_document_cannot_be_written_the_vectors_are_not_touched()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan { Fail = (_, call) => { if (call.StartsWith("ledger.intend", StringComparison.Ordinal)) throw new TimeoutException("no server"); } };
        await using var sink = stores.Sink(plan);

        var write = (await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<DualSinkException>()).Which;
        var delete = (await FluentActions.Awaiting(async () => await sink.DeleteAsync("a", Token)).Should().ThrowAsync<DualSinkException>()).Which;

        (write.Stage, write.DocumentIsSafe).Should().Be((DualSinkStage.Document, false));
        (delete.Stage, delete.DocumentIsSafe).Should().Be((DualSinkStage.Document, false));
        plan.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task When_only_the_note_fails_reconciliation_makes_it()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan { Fail = (when, call) => { if (when == "before" && call == "ledger.settle") throw new TimeoutException("no server"); } };
        await using (var sink = stores.Sink(plan))
        {
            var error = (await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<DualSinkException>()).Which;
            (error.Stage, error.DocumentIsSafe).Should().Be((DualSinkStage.Mark, true));
        }

        await using var again = stores.Sink();
        (await again.ReconcileAsync(Stores.ProjectAsync, Token)).Should().Be(new DualSinkReport(1, 1, 0, 0));
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task A_cancelled_write_that_waits_for_its_turn_changes_nothing()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        await using var sink = stores.Sink();

        await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "one"), new CancellationToken(true))).Should().ThrowAsync<OperationCanceledException>();

        (await stores.DocumentAsync("a")).Should().BeNull();
    }

    [Fact]
    public async Task A_disposed_sink_refuses_everything()
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var sink = stores.Sink();

        await sink.DisposeAsync();

        await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(async () => await sink.DeleteAsync("a", Token)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("$a")]
    public async Task A_name_that_is_no_field_is_refused(string name)
    {
        await using var stores = await Stores.OpenAsync(new MemoryLedger());

        FluentActions.Invoking(() => new DualSinkWriter(stores.Ledger, stores.Vectors, new() { Name = name }, TimeProvider.System, NullLogger.Instance)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task Writes_retries_failures_and_lag_are_measured()
    {
        var measured = new List<(string Instrument, double Value)>();
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == "Promethean.DualSink") l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
        listener.Start();
        await using var stores = await Stores.OpenAsync(new MemoryLedger());
        var plan = new FaultPlan { Fail = (when, call) => { if (when == "before" && call == "vectors.upsert") throw new IOException(); } };
        await using var broken = Measured(new FaultyVectors(stores.Vectors, plan));
        await using var sound = Measured(stores.Vectors);

        await FluentActions.Awaiting(async () => await broken.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<DualSinkException>();
        await sound.WriteAsync(Stores.Entry("a", "two"), Token);
        await sound.DeleteAsync("a", Token);

        measured.Where(m => m.Instrument != "promethean.dualsink.in_flight").Select(m => m.Instrument).Should().Equal(
            "promethean.dualsink.retries", "promethean.dualsink.failures", "promethean.dualsink.writes", "promethean.dualsink.lag", "promethean.dualsink.deletes");
        measured.Where(m => m.Instrument == "promethean.dualsink.in_flight").Select(m => m.Value).Should().Equal(1, -1, 1, -1, 1, -1);

        DualSinkWriter Measured(IVectorCollection vectors) =>
            new(stores.Ledger, vectors, new() { Name = "measured", MaxAttempts = 2, RetryDelay = TimeSpan.Zero }, TimeProvider.System, NullLogger.Instance);

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length == 1 && tags[0] is { Key: "sink", Value: "measured" }) measured.Add((instrument.Name, value));
        }
    }

    // Stored in documents: a change would send every vector again.
    [Fact]
    public void The_hash_of_a_record_never_changes()
    {
        var spec = new EmbeddingSpec("model", 2);
        var record = new VectorRecord { Id = "a", Embedding = new[] { 1f, -0f }, Document = "text", Metadata = new([new("n", 1), new("tags", new[] { "#x" })]) };

        RecordHash.Of(record, spec).Should().Be("aa5573bba10c741324010f82a0c1a7ea1723ef3bc18c36b14515fc56a976653d");
        RecordHash.Of(record with { Embedding = new[] { 1f, 0f } }, spec).Should().Be(RecordHash.Of(record, spec));
        new[]
        {
            record, record with { Id = "b" }, record with { Embedding = new[] { 1f, 1f } }, record with { Document = null }, record with { Document = "" },
            record with { Metadata = VectorMetadata.Empty },
        }.Select(r => RecordHash.Of(r, spec)).Append(RecordHash.Of(record, new("other", 2))).Should().OnlyHaveUniqueItems();
    }
}
