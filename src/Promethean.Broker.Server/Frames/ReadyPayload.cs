namespace Promethean.Broker.Server;

/// <summary>What <c>ready</c> carries for actions.</summary>
internal sealed record ReadyPayload(string? Worker, IReadOnlyList<string> Actions, int Credit, IReadOnlyList<string> Models)
{
    public const int MaxCredit = 65536;
}
