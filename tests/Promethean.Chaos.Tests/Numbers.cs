using System.Globalization;
using System.Runtime.CompilerServices;
using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>Payloads that are numbers, and workers that answer or do not.</summary>
internal static class Numbers
{
    public static JsonPayload Payload(int number) => JsonPayload.Parse(number.ToString(CultureInfo.InvariantCulture));

    public static int Of(JsonPayload payload) => int.Parse(payload.ToString(), CultureInfo.InvariantCulture);

    /// <summary>Answers at once.</summary>
    public static async IAsyncEnumerable<BrokerReply> AnswerAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield return new("answered", JsonPayload.Parse("{}"), IsFinal: true);
    }

    /// <summary>Holds a request for as long as anyone waits.</summary>
    public static async IAsyncEnumerable<BrokerReply> HoldAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new("held", JsonPayload.Parse("{}"), IsFinal: false);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
