using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Serves the models of a container for as long as its host runs.</summary>
internal sealed class WorkersService(
    IBrokerClient broker,
    ModelRegistry<IChatClient> chatModels,
    ModelRegistry<IEmbeddingGenerator<string, Embedding<float>>> embeddingModels,
    WorkersOptions options,
    TimeProvider time,
    ILoggerFactory? loggers) : BackgroundService
{
    private readonly ILoggerFactory _loggers = loggers ?? NullLoggerFactory.Instance;

    private delegate ValueTask<(IAsyncDisposable Worker, Task Completion)> Start(CancellationToken cancellationToken);

    public override Task StartAsync(CancellationToken cancellationToken) => chatModels.IsEmpty && embeddingModels.IsEmpty
        ? throw new InvalidOperationException("AddWorkers() has no model to serve; add some, for example with AddOffline().")
        : base.StartAsync(cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var serving = new List<Task>();
        if (!chatModels.IsEmpty) serving.Add(ServeAsync(BrokerActions.ChatCompletion, StartChatAsync, ending.Token));
        if (!embeddingModels.IsEmpty) serving.Add(ServeAsync(BrokerActions.EmbeddingQuery, StartEmbeddingsAsync, ending.Token));
        // One that is lost takes the other with it: half a service that looks whole helps nobody.
        await Task.WhenAny(serving).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(serving).ConfigureAwait(false);
    }

    private async ValueTask<(IAsyncDisposable Worker, Task Completion)> StartChatAsync(CancellationToken cancellationToken)
    {
        var worker = await ChatWorker.StartAsync(broker, chatModels, options, time, _loggers.CreateLogger<ChatWorker>(), cancellationToken).ConfigureAwait(false);
        return (worker, worker.Completion);
    }

    private async ValueTask<(IAsyncDisposable Worker, Task Completion)> StartEmbeddingsAsync(CancellationToken cancellationToken)
    {
        var worker = await EmbeddingWorker.StartAsync(broker, embeddingModels, options, time, _loggers.CreateLogger<EmbeddingWorker>(), cancellationToken).ConfigureAwait(false);
        return (worker, worker.Completion);
    }

    private async Task ServeAsync(string action, Start start, CancellationToken endingToken)
    {
        try
        {
            var (worker, completion) = await RegisterAsync(start, endingToken).ConfigureAwait(false);
            await using (worker.ConfigureAwait(false))
            {
                await Task.WhenAny(completion.WaitAsync(endingToken)).ConfigureAwait(false);
                endingToken.ThrowIfCancellationRequested();
                // A registration that ends while the host runs is a loss, whether it says why or not.
                throw new BrokerException(BrokerErrorCode.Internal, $"The worker for '{action}' lost its registration for good.", innerException: completion.Exception?.InnerException);
            }
        }
        catch (OperationCanceledException) when (endingToken.IsCancellationRequested)
        {
            // The host stops, or the other worker was lost.
        }
        catch (Exception e)
        {
            Log.NotServing(_loggers.CreateLogger<WorkersService>(), action, e);
            throw;
        }
    }

    private async ValueTask<(IAsyncDisposable Worker, Task Completion)> RegisterAsync(Start start, CancellationToken endingToken)
    {
        while (true)
        {
            try
            {
                return await start(endingToken).ConfigureAwait(false);
            }
            catch (BrokerException e) when (e.IsTransient)
            {
                Log.NotRegistered(_loggers.CreateLogger<WorkersService>(), options.RegistrationRetryDelay, e);
                await Task.Delay(options.RegistrationRetryDelay, time, endingToken).ConfigureAwait(false);
            }
        }
    }
}
