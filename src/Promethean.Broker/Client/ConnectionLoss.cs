namespace Promethean.Broker;

/// <summary>Why a connection is no more, told to each call that needed it.</summary>
internal sealed record ConnectionLoss(BrokerErrorCode Code, string Reason, Exception? Cause = null)
{
    public BrokerException ToException() => new(Code, Reason, innerException: Cause);
}
