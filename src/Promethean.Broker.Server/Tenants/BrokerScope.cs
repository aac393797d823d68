namespace Promethean.Broker.Server;

/// <summary>What a token may be limited to.</summary>
internal enum BrokerScope
{
    Publish,
    Subscribe,
    Enqueue,
    Consume,
    Request,
    Serve,
    Metrics,
}
