using System.Net;

namespace AllInOne;

/// <summary>What the command line asked for.</summary>
internal sealed record AllInOneOptions
{
    public required IReadOnlyList<string> Seeds { get; init; }

    public required int? MaxPages { get; init; }

    public required int? MaxDepth { get; init; }

    public required string DataDirectory { get; init; }

    public required IReadOnlyList<IPNetwork> AllowedNetworks { get; init; }

    public required bool Once { get; init; }

    public required string? Search { get; init; }

    public required int Port { get; init; }

    public required int BrokerPort { get; init; }

    public required int DocsPort { get; init; }
}
