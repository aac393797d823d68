namespace Promethean.Broker;

/// <summary>Where a worker's answer to one task goes.</summary>
internal interface ITaskAnswer
{
    /// <summary>Ends when the answer can no longer arrive, so that there is no use in going on.</summary>
    CancellationToken Closed { get; }

    /// <summary>Passes an event on; the last one ends the answer.</summary>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.TooLarge"/> for an event that cannot be sent, anything else where
    /// the answer cannot arrive.</exception>
    ValueTask ReplyAsync(BrokerReply reply, CancellationToken cancellationToken);

    /// <summary>Ends the answer with an error.</summary>
    ValueTask FailAsync(BrokerException error, CancellationToken cancellationToken);
}
