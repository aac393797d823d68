namespace Promethean.Broker.Server;

/// <summary>Scopes as tokens write them: <c>publish</c>, or <c>publish:orders.&gt;</c> for the topics that fall under a pattern.</summary>
/// <remarks>Those of queues and actions are limited by the same patterns. <c>*</c> alone allows everything.</remarks>
internal sealed class ScopeSet
{
    private static readonly Dictionary<string, BrokerScope> Names = Enum.GetValues<BrokerScope>().ToDictionary(NameOf, StringComparer.Ordinal);

    private readonly HashSet<BrokerScope> _whole = [];
    private readonly List<(BrokerScope Scope, string Pattern)> _limited = [];

    /// <param name="scopes">Scopes; what is none of a broker's is another service's business and ignored.</param>
    public ScopeSet(IEnumerable<string> scopes)
    {
        foreach (var text in scopes)
        {
            if (text == "*")
            {
                _whole.UnionWith(Names.Values);
            }
            else if (TryRead(text, out var scope, out var pattern))
            {
                if (pattern is null)
                {
                    _whole.Add(scope);
                }
                else
                {
                    _limited.Add((scope, pattern));
                }
            }
        }
    }

    public static string NameOf(BrokerScope scope) => scope switch
    {
        BrokerScope.Publish => "publish",
        BrokerScope.Subscribe => "subscribe",
        BrokerScope.Enqueue => "enqueue",
        BrokerScope.Consume => "consume",
        BrokerScope.Request => "request",
        BrokerScope.Serve => "serve",
        _ => "metrics",
    };

    /// <summary>Whether a text is a scope of a broker.</summary>
    public static bool IsKnown(string text) => text == "*" || TryRead(text, out _, out _);

    /// <param name="scope">What is to be done.</param>
    /// <param name="target">With which topic, pattern, queue or action.</param>
    public bool Allows(BrokerScope scope, string? target) =>
        _whole.Contains(scope)
        || (target is not null && _limited.Any(one => one.Scope == scope && Covers(one.Pattern, target)));

    private static bool TryRead(string text, out BrokerScope scope, out string? pattern)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        pattern = colon < 0 ? null : text[(colon + 1)..];
        return Names.TryGetValue(colon < 0 ? text : text[..colon], out scope) && (pattern is null || BrokerTopic.IsValidPattern(pattern));
    }

    /// <summary>Whether whatever falls under the narrower falls under the wider; either may be a topic without wildcards.</summary>
    private static bool Covers(string wider, string narrower)
    {
        var allowed = wider.Split('.');
        var asked = narrower.Split('.');
        for (var i = 0; i < allowed.Length; i++)
        {
            if (allowed[i] == ">")
            {
                return i < asked.Length;
            }

            if (i >= asked.Length || asked[i] == ">" || (allowed[i] != "*" && allowed[i] != asked[i]))
            {
                return false;
            }
        }

        return allowed.Length == asked.Length;
    }
}
