namespace Promethean.Broker;

/// <summary>Serves one request: yields events that are not final, then one that is.</summary>
/// <param name="request">What the caller asked.</param>
/// <param name="cancellationToken">Ends when the caller cancels, its deadline passes or the worker is disposed.</param>
public delegate IAsyncEnumerable<BrokerReply> BrokerActionHandler(BrokerRequest request, CancellationToken cancellationToken);
