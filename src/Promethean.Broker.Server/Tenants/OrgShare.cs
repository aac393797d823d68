namespace Promethean.Broker.Server;

/// <summary>What one organisation may use of what all share.</summary>
internal static class OrgShare
{
    /// <summary>The limit of one: what is set, or half where there may be others, so that no one alone can use up all.</summary>
    public static int Of(BrokerServerOptions options, int? set, int all) => set ?? (int)Of(options, all);

    /// <summary>The limit of one where nothing else can be set.</summary>
    public static long Of(BrokerServerOptions options, long all) => MayBeSeveral(options) ? (all / 2) + (all % 2) : all;

    // Whoever has the shared token is of no organisation, which is one too.
    private static bool MayBeSeveral(BrokerServerOptions options) =>
        options.UseHostAuthentication
        || options.Tokens.Select(token => token.Org).Concat(options.Token is null ? [] : [ClientIdentity.Anyone.Org]).Distinct().Count() > 1;
}
