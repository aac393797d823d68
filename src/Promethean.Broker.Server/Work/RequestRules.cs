namespace Promethean.Broker.Server;

/// <summary>Why a request is not taken, in one order whether there is a backplane or not.</summary>
internal static class RequestRules
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    /// <summary>The first of the reasons; null where there is none, and then the request counts against its organisation until
    /// <see cref="Tenant.EndRequest"/>.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="frame">What is asked.</param>
    /// <param name="isIdInUse">Whether its id is that of another request of the connection.</param>
    /// <param name="inFlight">The connection's requests in flight.</param>
    /// <param name="isDraining">Whether the broker is shutting down.</param>
    /// <param name="options">The limits.</param>
    public static Refusal? Check(ClientConnection caller, ClientFrame frame, bool isIdInUse, int inFlight, bool isDraining, BrokerServerOptions options) =>
        isIdInUse ? Refusal.Invalid($"The id '{frame.Id}' belongs to a request in flight on this connection.")
        : isDraining ? new(BrokerErrorCode.Overloaded, "The broker is shutting down.", TimeSpan.FromSeconds(1))
        : inFlight >= options.MaxRequests ? new(BrokerErrorCode.Overloaded, $"A connection has at most {options.MaxRequests} requests in flight.", Soon)
        // Before anything that tells which actions there are. What every broker answers itself is free to all.
        : !BrokerActions.IsBuiltIn(frame.Action) && caller.Identity.Check(BrokerScope.Request, frame.Action) is { } forbidden ? forbidden
        : frame.TimeLeft == TimeSpan.Zero ? new(BrokerErrorCode.Timeout, "The deadline had passed when the request came.")
        // Last, since from here on it counts.
        : !caller.Tenant.TryBeginRequest()
            ? new(BrokerErrorCode.Overloaded, $"An organisation has at most {options.MaxRequestsPerOrg} requests in flight.", Soon)
        : null;
}
