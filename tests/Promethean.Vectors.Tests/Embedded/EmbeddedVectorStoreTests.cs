using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Vectors.Tests;

public sealed class EmbeddedVectorStoreTests
{
    private static readonly EmbeddingSpec Spec = new("model-a", 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handles_of_one_collection_share_its_data_and_end_alone()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        var one = await store.OpenCollectionAsync("pages", Spec, Token);
        var other = await store.OpenCollectionAsync("pages", Spec, Token);
        await one.UpsertAsync([Record("a")], Token);

        await one.DisposeAsync();

        (await other.CountAsync(cancellationToken: Token)).Should().Be(1);
        other.Name.Should().Be("pages");
        other.Spec.Should().Be(Spec);
    }

    [Fact]
    public async Task Collections_do_not_see_each_other()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        var one = await store.OpenCollectionAsync("one", Spec, Token);
        var two = await store.OpenCollectionAsync("two", Spec, Token);

        await one.UpsertAsync([Record("a")], Token);

        (await two.CountAsync(cancellationToken: Token)).Should().Be(0);
    }

    [Theory]
    [InlineData("model-b", 2)]
    [InlineData("model-a", 3)]
    public async Task Another_model_or_dimension_is_refused_by_name(string model, int dimension)
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        await store.OpenCollectionAsync("pages", Spec, Token);
        var asked = new EmbeddingSpec(model, dimension);

        var refused = async () => await store.OpenCollectionAsync("pages", asked, Token);

        var error = (await refused.Should().ThrowAsync<EmbeddingSpecMismatchException>()).Which;
        (error.Collection, error.Stored, error.Asked, error.Error).Should().Be(("pages", Spec, asked, VectorStoreError.SpecMismatch));
        error.Message.Should().ContainAll("'pages'", "model 'model-a', dimension 2", $"model '{model}', dimension {dimension}", "Nothing was changed");
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("-abc")]
    [InlineData("abc.")]
    [InlineData("a/c")]
    [InlineData("häuser")]
    public async Task A_name_that_could_not_move_to_a_server_is_refused(string name)
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);

        var refused = async () => await store.OpenCollectionAsync(name, Spec, Token);

        (await refused.Should().ThrowAsync<VectorStoreException>()).Which.Error.Should().Be(VectorStoreError.InvalidName);
    }

    [Fact]
    public async Task A_disposed_store_closes_its_collections()
    {
        var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        var collection = await store.OpenCollectionAsync("pages", Spec, Token);

        await store.DisposeAsync();
        await store.DisposeAsync();

        await FluentActions.Awaiting(async () => await collection.UpsertAsync([Record("a")], Token)).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(async () => await store.OpenCollectionAsync("pages", Spec, Token)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_cancelled_call_changes_nothing()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        var collection = await store.OpenCollectionAsync("pages", Spec, Token);
        var cancelled = new CancellationToken(canceled: true);

        await FluentActions.Awaiting(async () => await collection.UpsertAsync([Record("a")], cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(async () => await collection.QueryAsync(new() { Embedding = new float[2] }, cancelled)).Should().ThrowAsync<OperationCanceledException>();

        (await collection.CountAsync(cancellationToken: Token)).Should().Be(0);
    }

    [Fact]
    public async Task Writes_and_queries_are_measured()
    {
        const string name = "measured-collection";
        var measured = new List<(string Instrument, double Value)>();
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == "Promethean.Vectors") l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
        listener.Start();
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(2) }, cancellationToken: Token);
        var collection = await store.OpenCollectionAsync(name, Spec, Token);

        await collection.UpsertAsync([Record("a"), Record("b")], Token);
        await collection.QueryAsync(new() { Embedding = new float[] { 1, 0 } }, Token);
        await collection.DeleteAsync(["a", "c"], Token);

        measured.Should().Equal(("promethean.vectors.records.written", 2), ("promethean.vectors.query.duration", 2), ("promethean.vectors.records.deleted", 1));

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length == 1 && tags[0] is { Key: "collection", Value: name }) measured.Add((instrument.Name, value));
        }
    }

    private static VectorRecord Record(string id) => new() { Id = id, Embedding = new float[] { 1, 2 } };
}
