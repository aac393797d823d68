namespace Promethean.Broker.Server;

/// <summary>On whose behalf a connection acts.</summary>
/// <param name="Org">The organisation, which limits are counted for; empty where there is none.</param>
/// <param name="User">The user; empty where there is none.</param>
/// <param name="Scopes">What it may do; null for everything.</param>
internal sealed record ClientIdentity(string Org, string User, ScopeSet? Scopes)
{
    /// <summary>Whoever connects where no token is asked for, or with the one token that all share.</summary>
    public static ClientIdentity Anyone { get; } = new("", "", null);

    public bool IsSameClientAs(ClientIdentity other) => Org == other.Org && User == other.User;

    /// <summary>Why it may not do that; null when it may.</summary>
    public Refusal? Check(BrokerScope scope, string? target) =>
        Scopes is null || Scopes.Allows(scope, target)
            ? null
            : new(
                BrokerErrorCode.Forbidden,
                $"The token's scopes do not allow this; it takes '{ScopeSet.NameOf(scope)}'{(target is null ? "" : $" or '{ScopeSet.NameOf(scope)}:{target}'")}.");
}
