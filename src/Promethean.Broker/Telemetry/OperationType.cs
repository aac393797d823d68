namespace Promethean.Broker;

/// <summary>The values of <c>messaging.operation.type</c> in use.</summary>
internal enum OperationType
{
    Send,
    Settle,
    Process,
}
