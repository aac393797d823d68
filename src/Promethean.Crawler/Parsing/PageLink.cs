namespace Promethean.Crawler;

/// <summary>A link from a page, resolved.</summary>
/// <param name="Target">Where it leads: absolute, http or https, without fragment.</param>
/// <param name="AnchorText">Its text, white space collapsed; the <c>alt</c> of an image where it has none; may be empty.</param>
/// <param name="Rel">Its <c>rel</c> attribute in lower case, or empty.</param>
/// <param name="NoFollow">Whether it, or the whole page, asks not to be followed (<c>nofollow</c>).</param>
public sealed record PageLink(Uri Target, string AnchorText, string Rel, bool NoFollow);
