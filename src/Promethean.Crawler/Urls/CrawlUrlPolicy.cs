using System.Collections.Frozen;

namespace Promethean.Crawler;

/// <summary>
/// What the crawler refuses to visit, and which spellings of a URL it counts as one page. Immutable; share one instance.
/// </summary>
public sealed class CrawlUrlPolicy
{
    private readonly DenyPattern[] _deny = [];
    private readonly ParameterNames _dropped = new([]);
    private readonly ParameterNames _session = new([]);

    /// <summary>A policy of the defaults.</summary>
    public CrawlUrlPolicy()
    {
        DenyPatterns = DefaultDenyPatterns;
        DroppedParameters = DefaultDroppedParameters;
        SessionParameters = DefaultSessionParameters;
    }

    /// <summary>Paths that end sessions, want credentials or money, or hold no text: what is denied unless said otherwise.</summary>
    public static IReadOnlyList<string> DefaultDenyPatterns { get; } =
    [
        "/logout", "/signout", "/login", "/signin", "/signup", "/register", "/cart", "/checkout", "/cgi-bin/", "/wp-admin",
        "/calendar",
        "*.pdf", "*.zip", "*.gz", "*.tgz", "*.bz2", "*.xz", "*.7z", "*.rar", "*.tar", "*.iso", "*.deb", "*.rpm", "*.exe", "*.dmg",
        "*.jpg", "*.jpeg", "*.png", "*.gif", "*.webp", "*.svg", "*.ico", "*.mp3", "*.mp4", "*.webm", "*.avi", "*.mov",
        "*.css", "*.js", "*.woff", "*.woff2", "*.epub", "*.doc", "*.docx", "*.xls", "*.xlsx", "*.ppt", "*.pptx",
    ];

    /// <summary>Parameters that tell where a visitor came from and change nothing on the page.</summary>
    public static IReadOnlyList<string> DefaultDroppedParameters { get; } =
    [
        "utm_*", "mtm_*", "pk_*", "piwik_*", "matomo_*", "hsa_*", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking",
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl", "fbclid", "fb_*", "igshid", "igsh", "msclkid",
        "yclid", "ysclid", "_openstat", "twclid", "ttclid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "vero_conv",
        "oly_anon_id", "oly_enc_id", "rb_clickid", "wickedid", "s_cid", "s_kwcid", "ref_src", "ref_url", "epik", "spm", "scm",
    ];

    /// <summary>Parameters that carry a session or a secret under any value.</summary>
    public static IReadOnlyList<string> DefaultSessionParameters { get; } =
    [
        "phpsessid", "jsessionid", "aspsessionid*", "sessionid", "session_id", "session-id", "sessid", "cfid", "cftoken", "oscsid",
        "zenid", "access_token", "id_token", "refresh_token", "auth_token", "oauth_token", "authenticity_token", "csrf_token",
        "api_key", "apikey", "password", "passwd", "x-amz-signature", "x-amz-security-token",
    ];

    /// <summary>The policy of all defaults.</summary>
    public static CrawlUrlPolicy Default { get; } = new(); // below the lists it is made of: statics are made in this order

    /// <summary>Schemes that may be visited; by default <c>http</c> and <c>https</c>.</summary>
    public IReadOnlySet<string> AllowedSchemes { get; init; } = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "http", "https");

    /// <summary>Longest URL in characters; 2,048 by default, as no page anybody reads has a longer one.</summary>
    public int MaxLength { get; init; } = 2048;

    /// <summary>Most segments in a path; 20 by default.</summary>
    public int MaxPathSegments { get; init; } = 20;

    /// <summary>How often one segment may occur in a path; 3 by default. Relative links gone wrong repeat without end.</summary>
    public int MaxRepeatedSegments { get; init; } = 3;

    /// <summary>Most parameters in a query; 20 by default.</summary>
    public int MaxQueryParameters { get; init; } = 20;

    /// <summary>
    /// Paths not to visit, case ignored; <see cref="DefaultDenyPatterns"/> by default. <c>*</c> stands for any characters;
    /// <c>/logout</c> matches that word at any segment, <c>*.pdf</c> the end of the path; a pattern with <c>?</c> sees the
    /// query too.
    /// </summary>
    public IReadOnlyList<string> DenyPatterns
    {
        get;
        init
        {
            field = [.. value];
            _deny = [.. field.Select(pattern => new DenyPattern(pattern.Trim()))];
        }
    }

    /// <summary>Query parameters left out of the key, case ignored, <c>*</c> at the end for a prefix; <see cref="DefaultDroppedParameters"/> by default.</summary>
    public IReadOnlyList<string> DroppedParameters
    {
        get;
        init
        {
            field = [.. value];
            _dropped = new ParameterNames(field);
        }
    }

    /// <summary>
    /// Parameters that carry a session or a secret, in the query or as <c>;name=value</c> in the path, case ignored, <c>*</c>
    /// at the end for a prefix; <see cref="DefaultSessionParameters"/> by default. Doubtful names (<c>sid</c>, <c>token</c>,
    /// and the like) count as well where their value is long and looks random.
    /// </summary>
    public IReadOnlyList<string> SessionParameters
    {
        get;
        init
        {
            field = [.. value];
            _session = new ParameterNames(field);
        }
    }

    /// <summary>What to do with URLs that carry a session; refused by default.</summary>
    public SessionUrlHandling SessionUrls { get; init; } = SessionUrlHandling.Refuse;

    /// <summary>Whether runs of slashes in the path count as one slash; off by default, since servers may tell them apart.</summary>
    public bool CollapseSlashes { get; init; }

    internal bool IsDropped(ReadOnlySpan<char> name) => _dropped.Contains(name);

    internal bool IsSession(ReadOnlySpan<char> name) => _session.Contains(name);

    internal string? DeniedBy(Uri url)
    {
        foreach (var pattern in _deny)
            if (pattern.Matches(url)) return pattern.Text;
        return null;
    }
}
