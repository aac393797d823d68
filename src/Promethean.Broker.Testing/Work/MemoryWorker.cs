namespace Promethean.Broker.Testing;

/// <summary>A registration for actions: as many slots as its concurrency, each serving one request after another.</summary>
internal sealed class MemoryWorker : IBrokerWorker
{
    private readonly WorkRouter _router;
    private readonly BrokerActionHandler _handler;
    private readonly HandlerContext _context;
    private readonly HashSet<MemoryRequest> _running = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public MemoryWorker(WorkRouter router, InMemoryBrokerClient client, IReadOnlyCollection<string> actions, BrokerActionHandler handler, ServeOptions options)
    {
        _router = router;
        _handler = handler;
        _context = new(router.Time);
        Client = client;
        Actions = [.. actions.Distinct(StringComparer.Ordinal)];
        Concurrency = options.Concurrency;
        Models = options.Models;
    }

    public InMemoryBrokerClient Client { get; }

    public IReadOnlyCollection<string> Actions { get; }

    public int Concurrency { get; }

    /// <summary>The ids of the models behind it.</summary>
    public IReadOnlyList<string> Models { get; }

    public Task Completion => _completion.Task;

    public int Active
    {
        get
        {
            lock (_router.Gate)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>When it was last given a request, in the router's count; among equals, the longest idle serves next.</summary>
    public long LastAssigned { get; private set; }

    /// <summary>Whether it can be given requests, now or later. Called under the gate.</summary>
    public bool IsOpen => !_ended && Client.State == BrokerConnectionState.Connected;

    /// <summary>Whether it can be given requests for the action. Called under the gate.</summary>
    public bool Serves(string action) => IsOpen && Actions.Contains(action);

    /// <summary>Whether a slot is free. Called under the gate.</summary>
    public bool HasCredit => _running.Count < Concurrency;

    /// <summary>Slots in use. Called under the gate.</summary>
    public int Load => _running.Count;

    /// <summary>Handlers at work whose request has ended. Called under the gate.</summary>
    public int LoadForNobody => _running.Count(request => request.IsEnded);

    /// <summary>Takes a slot for the request. Called under the gate.</summary>
    public void Assign(MemoryRequest request, long sequence)
    {
        _running.Add(request);
        LastAssigned = sequence;
    }

    /// <summary>Serves the request assigned, then whatever the router has next; gives the slot back where nobody waits for the answer
    /// any more. Called outside the gate.</summary>
    public void Start(MemoryRequest request)
    {
        lock (_router.Gate)
        {
            if (!request.IsEnded)
            {
                request.IsStarted = true;
            }
        }

        if (!request.IsStarted)
        {
            Release(request);
            return;
        }

        _context.Run(
            static state =>
            {
                var (worker, assigned) = ((MemoryWorker, MemoryRequest))state!;
                _ = worker.ServeAsync(assigned);
            },
            (this, request));
    }

    /// <summary>Frees the slot of a request whose handler never ran.</summary>
    public void Release(MemoryRequest request)
    {
        request.Dispose();
        lock (_router.Gate)
        {
            _running.Remove(request);
            CompleteWhenDone();
        }

        _router.Feed(this);
        _router.Signal.Changed();
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        if (!_context.IsCurrent)
        {
            await Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more requests and cancels those that run, without waiting for them.</summary>
    public void Stop()
    {
        MemoryRequest[] interrupted;
        lock (_router.Gate)
        {
            _ended = true;
            interrupted = [.. _running];
            CompleteWhenDone();
        }

        _router.Remove(this);
        foreach (var request in interrupted)
        {
            if (request.IsStarted)
            {
                request.CancelWork();
            }
            else
            {
                request.Fail(new(BrokerErrorCode.Internal, $"The worker for '{request.Action}' left before the request reached it."));
            }
        }
    }

    /// <summary>Fails what runs: its connection is gone, so no answer can come.</summary>
    public void Interrupt(BrokerException error)
    {
        MemoryRequest[] interrupted;
        lock (_router.Gate)
        {
            interrupted = [.. _running];
        }

        foreach (var request in interrupted)
        {
            request.Fail(error);
        }
    }

    private void CompleteWhenDone()
    {
        if (_ended && _running.Count == 0)
        {
            _router.End(this);
            _completion.TrySetResult();
        }
    }

    private async Task ServeAsync(MemoryRequest? request)
    {
        while (request is not null)
        {
            await AnswerAsync(request).ConfigureAwait(false);
            request.Dispose();
            bool isPlain;
            lock (_router.Gate)
            {
                _running.Remove(request);
                isPlain = _router.Network.IsPlain(Client);
                request = isPlain ? _router.TakeNext(this) : null;
                if (request is not null)
                {
                    request.IsStarted = true;
                }

                CompleteWhenDone();
            }

            _router.Signal.Changed();
            if (!isPlain)
            {
                _router.Feed(this);
            }
        }
    }

    private async Task AnswerAsync(MemoryRequest request)
    {
        using var operation = BrokerTelemetry.StartServe(request.Action, request.TraceParent, _router.Time);
        try
        {
            var asked = new BrokerRequest(request.Id, request.Action, request.Payload, request.Deadline);
            await foreach (var reply in _handler(asked, request.Token).WithCancellation(request.Token).ConfigureAwait(false))
            {
                if (!request.Offer(reply))
                {
                    return;
                }
            }

            request.Fail(new(BrokerErrorCode.Internal, $"The worker ended its answer to '{request.Action}' without a final event."));
        }
        catch (BrokerException e)
        {
            // What travels is the code, the text and the hint; the worker's own exception stays with it.
            operation?.Fail(e);
            request.Fail(new(e.Code, e.Message, e.RetryAfter), e);
        }
        catch (OperationCanceledException) when (request.Token.IsCancellationRequested)
        {
            request.Fail(new(BrokerErrorCode.Cancelled, $"The worker stopped while it served '{request.Action}'."));
        }
        catch (Exception e)
        {
            operation?.Fail(e);
            BrokerTelemetry.CountHandlerError();
            request.Fail(new(BrokerErrorCode.Internal, $"The worker failed while it served '{request.Action}'."), e);
        }
    }
}
