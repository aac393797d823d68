namespace Promethean.Broker.Server;

/// <summary>What a client is told where the backplane fails.</summary>
internal static class BackplaneErrors
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1);

    /// <summary>The backplane was not there, or did not answer, in time.</summary>
    public static Refusal Away { get; } = new(BrokerErrorCode.Overloaded, "The broker's backplane does not answer now.", Later);

    /// <summary>The backplane did not say in time whether it has done it.</summary>
    public static Refusal Unsure { get; } = new(BrokerErrorCode.Internal, "The broker's backplane does not answer now; it may still do this.", Later);

    /// <summary>The error of a call that is no request.</summary>
    /// <param name="exception">What the backplane's client threw.</param>
    /// <param name="mayBeDone">Whether the call may have left.</param>
    public static Refusal Of(Exception exception, bool mayBeDone) => exception switch
    {
        // Whom the backplane does not let in is this broker, not its client.
        BrokerException { Code: BrokerErrorCode.Unauthorized or BrokerErrorCode.Forbidden } =>
            new(BrokerErrorCode.Internal, "The broker's backplane refuses the broker.", Later),
        BrokerException { Code: BrokerErrorCode.Timeout or BrokerErrorCode.Cancelled } or OperationCanceledException or ObjectDisposedException =>
            mayBeDone ? Unsure : Away,
        BrokerException { IsTransient: true } known => new(known.Code, known.Message, known.RetryAfter ?? Later),
        BrokerException known => Exactly(known),
        _ => new(BrokerErrorCode.Internal, "The broker's backplane failed.", Later),
    };

    /// <summary>The error of a request, which may be its worker's and then stays what it is.</summary>
    /// <param name="exception">What the backplane's client threw.</param>
    /// <param name="isConnected">Whether the backplane is there, so that what it says is meant for the caller.</param>
    /// <param name="isLate">Whether the caller's deadline has passed.</param>
    public static Refusal OfRequest(Exception exception, bool isConnected, bool isLate) => exception switch
    {
        BrokerException { Code: BrokerErrorCode.Timeout } known when isConnected || isLate => Exactly(known),
        BrokerException { Code: not (BrokerErrorCode.Timeout or BrokerErrorCode.Internal or BrokerErrorCode.Cancelled) } known when isConnected => Exactly(known),
        BrokerException { Code: BrokerErrorCode.Internal } known => new(known.Code, known.Message, known.RetryAfter ?? (isConnected ? null : Later)),
        BrokerException { Code: BrokerErrorCode.Cancelled } known when isConnected => Exactly(known),
        _ => Of(exception, isConnected),
    };

    private static Refusal Exactly(BrokerException known) => new(known.Code, known.Message, known.RetryAfter);
}
