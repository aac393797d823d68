using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Serves <c>chat.completion</c> on a broker: each request goes to the model it names.</summary>
/// <remarks>
/// <para>A request with <c>stream</c> is answered by <c>chat.delta</c> events and then <c>chat.complete</c>, any other by
/// <c>chat.complete</c> alone. Deltas already sent stay valid when the model fails behind them.</para>
/// <para>Errors: <see cref="BrokerErrorCode.InvalidRequest"/> for a request out of shape, <see cref="BrokerErrorCode.TooLarge"/>
/// over <see cref="WorkersOptions.MaxChatCharacters"/>, <see cref="BrokerErrorCode.NotFound"/> for a model unknown here or to its
/// server, <see cref="BrokerErrorCode.Overloaded"/> for its server's 429 and 503, <see cref="BrokerErrorCode.Timeout"/> past
/// <see cref="WorkersOptions.ModelTimeout"/> or the server's own limit, else <see cref="BrokerErrorCode.Internal"/>. What a model
/// threw is logged, and its text does not reach the caller.</para>
/// <para>Safe from any thread. Disposal takes no more requests and cancels those that run; the models stay the caller's.</para>
/// </remarks>
public sealed class ChatWorker : IAsyncDisposable
{
    private readonly IBrokerWorker _worker;

    private ChatWorker(IBrokerWorker worker) => _worker = worker;

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
    public static async ValueTask<ChatWorker> StartAsync(
        IBrokerClient broker,
        ModelRegistry<IChatClient> models,
        WorkersOptions? options = null,
        TimeProvider? time = null,
        ILogger<ChatWorker>? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(models);
        if (models.IsEmpty) throw new ArgumentException("There is no model to serve.", nameof(models));
        options ??= new();
        options.Validate();
        var settings = new ModelCallSettings("chat", options.ModelTimeout, models.Ids, time ?? TimeProvider.System, logger ?? NullLogger<ChatWorker>.Instance);
        var handler = new ChatHandler(models, options, settings);
        var serve = new ServeOptions { Concurrency = options.ChatConcurrency, Models = models.Ids };
        var worker = await broker.ServeAsync([BrokerActions.ChatCompletion], handler.HandleAsync, serve, cancellationToken).ConfigureAwait(false);
        Log.Serving(settings.Logger, BrokerActions.ChatCompletion, string.Join(", ", models.Ids));
        return new(worker);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _worker.DisposeAsync();
}
