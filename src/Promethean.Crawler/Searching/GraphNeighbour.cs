namespace Promethean.Crawler;

/// <summary>The other end of a link.</summary>
/// <param name="Id">The id its page has, or would have.</param>
/// <param name="Url">Its address.</param>
/// <param name="Title">Its title; null where no page is stored under it.</param>
/// <param name="AnchorText">The link's text; may be empty.</param>
public sealed record GraphNeighbour(string Id, string Url, string? Title, string AnchorText);
