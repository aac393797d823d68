using System.Runtime.CompilerServices;

namespace Promethean.Broker.Server.Tests;

/// <summary>Handlers that tests serve with.</summary>
internal static class WorkerReplies
{
    public static BrokerReply Final(string json = "{}") => new("done", JsonPayload.Parse(json), true);

    public static BrokerReply Partial(string json = "{}") => new("step", JsonPayload.Parse(json), false);

    /// <summary>Answers at once with what was asked.</summary>
    public static async IAsyncEnumerable<BrokerReply> EchoAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        yield return new("done", JsonPayload.Parse($"{{\"echo\":{request.Payload}}}"), true);
    }

    /// <summary>Sends one event and then nothing until it is cancelled.</summary>
    public static async IAsyncEnumerable<BrokerReply> HangAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Partial();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
