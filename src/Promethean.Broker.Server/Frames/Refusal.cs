namespace Promethean.Broker.Server;

/// <summary>Why something is not done; the body of an <c>error</c> event.</summary>
internal sealed record Refusal(BrokerErrorCode Code, string Message, TimeSpan? RetryAfter = null)
{
    public static Refusal Invalid(string message) => new(BrokerErrorCode.InvalidRequest, message);
}
