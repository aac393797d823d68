namespace Promethean.Broker.Server;

/// <summary>What <c>ready</c> carries.</summary>
internal sealed record ReadyPayload(string? Worker, IReadOnlyList<string> Actions, int Credit, IReadOnlyList<string> Models, bool IsForQueue)
{
    public const int MaxCredit = 65536;
}
