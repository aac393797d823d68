using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>The database a crawler was given, apart from any other the container may hold.</summary>
internal sealed record CrawlDatabase(IMongoDatabase Database);
