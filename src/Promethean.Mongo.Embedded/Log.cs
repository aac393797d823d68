using Microsoft.Extensions.Logging;

namespace Promethean.Mongo.Embedded;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Address}, data in {Place}")]
    public static partial void Started(ILogger logger, string address, string place);

    [LoggerMessage(2, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "Connection {Id} closed: {Reason}")]
    public static partial void ProtocolViolated(ILogger logger, int id, string reason);

    [LoggerMessage(4, LogLevel.Debug, "Connection {Id} ended: {Reason}")]
    public static partial void ConnectionLost(ILogger logger, int id, string reason);

    [LoggerMessage(5, LogLevel.Warning, "A connection was refused: {Limit} are open, which is MaxConnections")]
    public static partial void ConnectionRefused(ILogger logger, int limit);

    [LoggerMessage(6, LogLevel.Error, "Command {Command} failed unexpectedly; the client was told InternalError")]
    public static partial void CommandBroke(ILogger logger, Exception failure, string command);

    [LoggerMessage(7, LogLevel.Warning, "No client can be accepted now; trying again")]
    public static partial void AcceptFailed(ILogger logger, Exception failure);

    [LoggerMessage(8, LogLevel.Error, "Connection {Id} failed unexpectedly and was closed")]
    public static partial void ConnectionBroke(ILogger logger, Exception failure, int id);

    [LoggerMessage(31, LogLevel.Warning, "Connection {Id} was closed: it is too slow, or silent without having authenticated")]
    public static partial void ConnectionTimedOut(ILogger logger, int id);

    [LoggerMessage(32, LogLevel.Warning, "Connection {Id} failed to authenticate as {User}")]
    public static partial void AuthenticationFailed(ILogger logger, int id, string user);

    [LoggerMessage(20, LogLevel.Warning, "A document fails validation and was stored, as validationAction is warn: {Details}")]
    public static partial void ValidationWarned(ILogger logger, string details);

    [LoggerMessage(23, LogLevel.Error, "Expired documents could not be deleted; the next round tries again")]
    public static partial void ExpiryFailed(ILogger logger, Exception failure);
}
