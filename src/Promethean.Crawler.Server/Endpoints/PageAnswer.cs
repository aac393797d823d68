namespace Promethean.Crawler.Server;

/// <summary>The body of <c>GET /page/{id}</c>.</summary>
internal sealed record PageAnswer(GraphPage Page);
