using System.Runtime.CompilerServices;

namespace Promethean.Broker.Testing;

/// <summary>A handler whose requests wait at a gate, and are answered once it is open.</summary>
internal sealed class GatedWorker
{
    public Gate Gate { get; } = new();

    public async IAsyncEnumerable<BrokerReply> ServeAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = ConformanceStage.Number(request.Payload);
        await Gate.PassAsync(number, cancellationToken).ConfigureAwait(false);
        yield return ConformanceStage.Final(number);
    }
}
