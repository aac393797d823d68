using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Serves <c>embedding.query</c> on a broker: each request goes to the model it names.</summary>
/// <remarks>
/// <para>A model's vectors have the dimension of its first answer for as long as the worker lives; other dimensions, missing
/// vectors and numbers that are not finite are <see cref="BrokerErrorCode.Internal"/>, so that no index is mixed up.</para>
/// <para>Errors: <see cref="BrokerErrorCode.InvalidRequest"/> for a request out of shape, <see cref="BrokerErrorCode.TooLarge"/>
/// over <see cref="WorkersOptions.MaxEmbeddingTexts"/> or <see cref="WorkersOptions.MaxEmbeddingCharacters"/>, and those of a model
/// as <see cref="ChatWorker"/> has them.</para>
/// <para>Safe from any thread. Disposal takes no more requests and cancels those that run; the models stay the caller's.</para>
/// </remarks>
public sealed class EmbeddingWorker : IAsyncDisposable
{
    private readonly IBrokerWorker _worker;

    private EmbeddingWorker(IBrokerWorker worker) => _worker = worker;

    /// <summary>Ends with the registration, and faults when it broke for good.</summary>
    public Task Completion => _worker.Completion;

    /// <summary>Requests running now.</summary>
    public int Active => _worker.Active;

    /// <summary>Registers at the broker; completes when a request would find this worker.</summary>
    /// <param name="broker">The connection, which stays the caller's.</param>
    /// <param name="models">The models, at least one or a fallback.</param>
    /// <param name="options">Concurrency and limits; the defaults where left out.</param>
    /// <param name="time">The clock; the system's where left out.</param>
    /// <param name="logger">Where failures of models are told in full; nowhere where left out.</param>
    /// <param name="cancellationToken">Stops waiting for the broker; the worker's life is its disposal.</param>
    /// <exception cref="ArgumentException">There is no model, or an option is out of range.</exception>
    /// <exception cref="BrokerException">The broker could not be reached or refused.</exception>
    public static async ValueTask<EmbeddingWorker> StartAsync(
        IBrokerClient broker,
        ModelRegistry<IEmbeddingGenerator<string, Embedding<float>>> models,
        WorkersOptions? options = null,
        TimeProvider? time = null,
        ILogger<EmbeddingWorker>? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(models);
        if (models.IsEmpty) throw new ArgumentException("There is no model to serve.", nameof(models));
        options ??= new();
        options.Validate();
        var settings = new ModelCallSettings("embeddings", options.ModelTimeout, models.Ids, time ?? TimeProvider.System, logger ?? NullLogger<EmbeddingWorker>.Instance);
        var handler = new EmbeddingHandler(models, options, settings);
        var serve = new ServeOptions { Concurrency = options.EmbeddingConcurrency, Models = models.Ids };
        var worker = await broker.ServeAsync([BrokerActions.EmbeddingQuery], handler.HandleAsync, serve, cancellationToken).ConfigureAwait(false);
        Log.Serving(settings.Logger, BrokerActions.EmbeddingQuery, string.Join(", ", models.Ids));
        return new(worker);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _worker.DisposeAsync();
}
