namespace Promethean.Broker.Server;

/// <summary>A token that clients may send, and on whose behalf they then act.</summary>
public sealed class BrokerAccessToken
{
    /// <summary>The bearer token, at least 16 characters.</summary>
    public string Token { get; set; } = "";

    /// <summary>The organisation, whose limits the connection counts against (<see cref="BrokerServerOptions.MaxConnectionsPerOrg"/>
    /// and its siblings). Default: none, which is an organisation of its own.</summary>
    public string Org { get; set; } = "";

    /// <summary>The user, for logs, and to tell who may resume a session. Default: none.</summary>
    public string User { get; set; } = "";

    /// <summary>What a client with this token may do: <c>publish</c>, <c>subscribe</c>, <c>enqueue</c>, <c>consume</c>,
    /// <c>request</c>, <c>serve</c>, <c>metrics</c>; each alone, or limited to the topics, queues or actions that fall under a
    /// pattern, as in <c>publish:orders.&gt;</c>; <c>*</c> for everything. Default: none, which allows nothing but signs of life.</summary>
    public IList<string> Scopes { get; } = [];
}
