using MongoDB.Bson;
using Promethean.Vectors;

namespace Promethean.DualSink.Tests;

/// <summary>What reconciliation mends, whatever keeps the documents. Derive a class per ledger.</summary>
public abstract class RecoveryFacts
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Operations => ["insert", "update", "delete", "write the same"];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task After_a_crash_at_any_step_one_reconciliation_makes_the_stores_agree(string operation)
    {
        var finished = false;
        for (var step = 1; !finished; step++)
        {
            await using var stores = await OpenAsync();
            await using (var before = stores.Sink())
            {
                await before.WriteAsync(Stores.Entry("other", "untouched"), Token);
                if (operation != "insert") await before.WriteAsync(Stores.Entry("key", "old", 1), Token);
            }

            var plan = new FaultPlan { CrashAt = step };
            try
            {
                await using var dying = stores.Sink(plan);
                if (operation == "delete") await dying.DeleteAsync("key", Token);
                else await dying.WriteAsync(operation == "write the same" ? Stores.Entry("key", "old", 1) : Stores.Entry("key", "new", 2), Token);
                finished = true;
            }
            catch (DualSinkException e) when (e.InnerException is SimulatedCrashException)
            {
            }

            plan.Crashed.Should().Be(!finished);
            await using var restarted = stores.Sink();
            var report = await restarted.ReconcileAsync(Stores.ProjectAsync, Token);

            report.Failed.Should().Be(0);
            await stores.ShouldAgreeAsync();
            (await stores.VectorAsync("other"))!.Document.Should().Be("untouched");
            var text = (await stores.DocumentAsync("key"))?["text"].AsString;
            text.Should().BeOneOf(step == 1 ? [operation == "insert" ? null : "old"] : operation == "delete" ? [null] : operation == "write the same" ? ["old"] : ["new"]);
            (await restarted.ReconcileAsync(Stores.ProjectAsync, Token)).Should().Match<DualSinkReport>(r => r.Repaired == 0 && r.Deleted == 0 && r.Failed == 0);
        }
    }

    [Fact]
    public async Task A_crash_during_reconciliation_is_mended_by_the_next()
    {
        var finished = false;
        for (var step = 1; !finished; step++)
        {
            await using var stores = await OpenAsync();
            await BreakAsync(stores);

            var plan = new FaultPlan { CrashAt = step };
            try
            {
                await using var dying = stores.Sink(plan);
                await dying.ReconcileAsync(Stores.ProjectAsync, Token);
                finished = !plan.Crashed;
            }
            catch (DualSinkException e) when (plan.Crashed)
            {
                e.Stage.Should().Be(DualSinkStage.Reconcile);
            }

            await using var restarted = stores.Sink();
            (await restarted.ReconcileAsync(Stores.ProjectAsync, Token)).Failed.Should().Be(0);
            await stores.ShouldAgreeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Missing_and_orphaned_vectors_and_unfinished_writes_are_mended_and_counted(bool compareContent)
    {
        await using var stores = await OpenAsync();
        await BreakAsync(stores);
        await using var sink = stores.Sink(compareContent: compareContent);

        var report = await sink.ReconcileAsync(Stores.ProjectAsync, Token);

        report.Should().Be(new DualSinkReport(Checked: 20 + 1 + 1, Repaired: compareContent ? 3 : 2, Deleted: 2, Failed: 0));
        if (!compareContent) await stores.Vectors.UpsertAsync([Stores.Record("k05", "text 5", 1)], Token);
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task A_document_whose_projection_changed_keeps_its_vector_until_it_is_written_or_unsettled()
    {
        await using var stores = await OpenAsync();
        await using var sink = stores.Sink();
        await sink.WriteAsync(Stores.Entry("a", "one"), Token);
        await stores.Vectors.DeleteAsync(["a"], Token);

        var report = await sink.ReconcileAsync((d, _) => ValueTask.FromResult<VectorRecord?>(Stores.Record("a", "projected anew", 9)), Token);

        report.Repaired.Should().Be(1);
        var record = (await stores.VectorAsync("a"))!;
        record.Document.Should().Be("projected anew");
        (await stores.StateAsync("a"))!.Have.Should().Be(RecordHash.Of(record, stores.Vectors.Spec));
    }

    [Fact]
    public async Task A_document_that_projects_to_nothing_has_no_vector()
    {
        await using var stores = await OpenAsync();
        await using (var failing = stores.Sink(new FaultPlan { Fail = (when, call) => { if (when == "after" && call == "vectors.upsert") throw new IOException(); } }))
        {
            await FluentActions.Awaiting(async () => await failing.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<DualSinkException>();
        }

        await using var sink = stores.Sink();
        var report = await sink.ReconcileAsync((_, _) => ValueTask.FromResult<VectorRecord?>(null), Token);

        report.Deleted.Should().Be(1);
        (await stores.VectorAsync("a")).Should().BeNull();
        (await stores.DocumentAsync("a"))!["text"].AsString.Should().Be("one");
        (await stores.StateAsync("a")).Should().BeNull();
    }

    [Fact]
    public async Task What_cannot_be_mended_is_counted_noted_and_does_not_stop_the_rest()
    {
        await using var stores = await OpenAsync();
        await BreakAsync(stores);
        await using var sink = stores.Sink();

        var report = await sink.ReconcileAsync(
            (d, token) => d["_id"] == "k03" ? throw new InvalidOperationException("cannot be embedded") : Stores.ProjectAsync(d, token),
            Token);

        report.Failed.Should().Be(1);
        report.Repaired.Should().Be(2);
        (await stores.DocumentAsync("k03"))!.ToString().Should().Contain("cannot be embedded");
        (await sink.ReconcileAsync(Stores.ProjectAsync, Token)).Repaired.Should().Be(1);
        await stores.ShouldAgreeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_another_process_writes_meanwhile_the_key_is_looked_at_again(bool deleting)
    {
        await using var stores = await OpenAsync();
        await using var other = stores.Sink();
        await other.WriteAsync(Stores.Entry("a", "oldest", 0), Token);
        using var reached = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var plan = new FaultPlan
        {
            Fail = (when, call) =>
            {
                if (when != "before" || call is not ("vectors.upsert" or "vectors.delete")) return;
                reached.Release();
                goOn.Wait(TimeSpan.FromMinutes(1)).Should().BeTrue();
            },
        };
        await using var slow = stores.Sink(plan);
        var older = Task.Run(async () => await (deleting ? slow.DeleteAsync("a", Token) : slow.WriteAsync(Stores.Entry("a", "older", 1), Token)), Token);
        (await reached.WaitAsync(TimeSpan.FromMinutes(1), Token)).Should().BeTrue();
        await other.WriteAsync(Stores.Entry("a", "newer", 2), Token);

        goOn.Release();
        await older;

        (await stores.StateAsync("a"))!.Pending.Should().BeTrue("the older call reached the vectors last");
        (await other.ReconcileAsync(Stores.ProjectAsync, Token)).Repaired.Should().Be(1);
        (await stores.VectorAsync("a"))!.Document.Should().Be("newer");
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task Eight_writers_with_faults_never_show_an_older_version_and_agree_after_one_reconciliation()
    {
        foreach (var seed in new[] { 1, 20261123 })
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            await using var stores = await OpenAsync();
            await using (var sink = stores.Sink(RandomFaults(seed), maxAttempts: 2))
            {
                var workload = new DriftWorkload(stores, sink);
                var writers = Enumerable.Range(0, 8).Select(w => Task.Run(() => workload.RunAsync(new Random(seed + (1000 * w)), 60), Token)).ToArray();
                await Task.WhenAll(writers).WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System, Token);
                workload.Failures.Should().BeGreaterThan(20, "the faults must have had something to do");
            }

            await using var restarted = stores.Sink();
            (await restarted.ReconcileAsync(Stores.ProjectAsync, Token)).Failed.Should().Be(0);
            await stores.ShouldAgreeAsync();
            (await restarted.ReconcileAsync(Stores.ProjectAsync, Token)).Should().Match<DualSinkReport>(r => r.Repaired == 0 && r.Deleted == 0);
        }
    }

    internal abstract Task<Stores> OpenAsync();

    private static FaultPlan RandomFaults(int seed)
    {
        var random = new Random(seed);
        return new FaultPlan
        {
            Fail = (_, call) =>
            {
                double chance;
                lock (random) chance = random.NextDouble();
                if (chance < (call.StartsWith("vectors.", StringComparison.Ordinal) ? 0.2 : 0.04)) throw new IOException("an injected fault");
            },
        };
    }

    // 20 documents; one unfinished, one being deleted, one whose vector is missing, one whose vector is another, one vector without a document.
    private static async Task BreakAsync(Stores stores)
    {
        await using (var sink = stores.Sink())
        {
            for (var i = 0; i < 20; i++) await sink.WriteAsync(Stores.Entry($"k{i:D2}", $"text {i}"), Token);
            await sink.WriteAsync(Stores.Entry("leaving", "soon gone"), Token);
        }

        await using (var failing = stores.Sink(new FaultPlan { Fail = (_, call) => { if (call is "vectors.upsert" or "vectors.delete") throw new IOException("down"); } }))
        {
            await FluentActions.Awaiting(async () => await failing.WriteAsync(Stores.Entry("k03", "changed", 2), Token)).Should().ThrowAsync<DualSinkException>();
            await FluentActions.Awaiting(async () => await failing.DeleteAsync("leaving", Token)).Should().ThrowAsync<DualSinkException>();
        }

        await stores.Vectors.DeleteAsync(["k04"], Token);
        await stores.Vectors.UpsertAsync([Stores.Record("k05", "swapped", 1), Stores.Record("orphan", "nobody's", 1)], Token);
    }
}
