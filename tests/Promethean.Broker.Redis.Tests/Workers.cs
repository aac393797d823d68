using System.Runtime.CompilerServices;

namespace Promethean.Broker.Redis.Tests;

/// <summary>The handlers of the tests' workers.</summary>
internal static class Workers
{
    /// <summary>Answers with the request's number.</summary>
    public static async IAsyncEnumerable<BrokerReply> EchoAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        yield return new("done", Body(TestBroker.Number(request.Payload)), true);
    }

    /// <summary>Sends one event and then stands until its token ends.</summary>
    public static BrokerActionHandler Standing(TaskCompletionSource started, TaskCompletionSource? cancelled = null)
    {
        return StandAsync;

        async IAsyncEnumerable<BrokerReply> StandAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new("step", Body(0), false);
            started.TrySetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }
            finally
            {
                cancelled?.TrySetResult();
            }

            yield return new("done", Body(1), true);
        }
    }

    public static JsonPayload Body(int number) => JsonPayload.Parse($$"""{"number":{{number}}}""");
}
