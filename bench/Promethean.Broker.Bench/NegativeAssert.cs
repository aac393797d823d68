using Promethean.Broker.Testing;

namespace Promethean.Broker.Bench;

/// <summary>How a test of ours says that nobody got a message.</summary>
internal static class NegativeAssert
{
    /// <summary>Expects that nothing was delivered to a topic or pattern; throws where something was.</summary>
    public static bool NothingDelivered(InMemoryBroker broker, string pattern)
    {
        broker.ExpectDelivered(pattern, times: 0);
        return true;
    }
}
