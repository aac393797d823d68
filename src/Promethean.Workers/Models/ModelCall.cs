using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>One call of a model: bounded in time, measured, and its failures turned into the broker's errors.</summary>
internal sealed class ModelCall : IDisposable
{
    private readonly ModelCallSettings _settings;
    private readonly string _model;
    private readonly string _provider;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;
    private readonly long _started;
    private string? _error = "cancelled";

    public ModelCall(ModelCallSettings settings, string model, string? provider, CancellationToken caller)
    {
        _settings = settings;
        _model = model;
        _provider = provider ?? "unknown";
        _caller = caller;
        _limit = new(settings.Timeout, settings.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _limit.Token);
        _started = settings.Time.GetTimestamp();
    }

    /// <summary>Ends when the caller has gone or the model's time is up.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Runs a step of the call.</summary>
    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, Task<T>> step)
    {
        try
        {
            return await step(Token).WaitAsync(Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_caller.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            var error = _limit.IsCancellationRequested && e is OperationCanceledException
                ? ModelErrors.TimedOut(_model, _settings.Timeout, e)
                : ModelErrors.Map(e, _model, _settings.KnownModels);
            _error = error.Code.ToWireName();
            Log.ModelFailed(_settings.Logger, _model, _error, e);
            throw error;
        }
    }

    /// <summary>Notes that the answer is whole.</summary>
    public void Succeed(TokenUsage usage)
    {
        _error = null;
        WorkersDiagnostics.Counted(_settings.Operation, _provider, _model, usage);
    }

    /// <summary>Notes that the answer cannot be used.</summary>
    public BrokerException Refuse(string message)
    {
        var error = new BrokerException(BrokerErrorCode.Internal, message);
        _error = error.Code.ToWireName();
        Log.ModelFailed(_settings.Logger, _model, _error, error);
        return error;
    }

    public void Dispose()
    {
        // A model that nobody knows is a name that anybody chose: no label for a metric.
        var model = _error == BrokerErrorCode.NotFound.ToWireName() ? null : _model;
        WorkersDiagnostics.Called(_settings.Operation, _provider, model, _error, _settings.Time.GetElapsedTime(_started));
        _either.Dispose();
        _limit.Dispose();
    }
}
