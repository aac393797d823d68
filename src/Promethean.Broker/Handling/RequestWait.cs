namespace Promethean.Broker;

/// <summary>Waits on behalf of one request: past its deadline a cancelled wait is a timeout, and every failure is measured.</summary>
internal sealed class RequestWait(string action, TimeSpan timeout, BrokerOperation? operation, CancellationToken cancellationToken)
{
    public async ValueTask ForAsync(ValueTask wait)
    {
        try
        {
            await wait.ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    public async ValueTask<T> ForAsync<T>(ValueTask<T> wait)
    {
        try
        {
            return await wait.ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    private BrokerException? Translate(Exception exception)
    {
        var error = exception switch
        {
            BrokerException known => known,
            OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                new BrokerException(BrokerErrorCode.Timeout, $"'{action}' was not answered within {timeout}."),
            _ => null,
        };
        if (error is not null)
        {
            operation?.Fail(error);
        }

        return error;
    }
}
