namespace Promethean.Crawler;

/// <summary>A page found.</summary>
/// <param name="Id">The page's id.</param>
/// <param name="Url">Its address.</param>
/// <param name="Title">Its title; may be empty.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Tags">Its tags, each with <c>#</c>.</param>
/// <param name="Summary">Its summary.</param>
/// <param name="Score">The cosine similarity of query and summary, from -1 to 1.</param>
public sealed record CrawlSearchHit(string Id, string Url, string Title, string Domain, IReadOnlyList<string> Tags, string Summary, float Score);
