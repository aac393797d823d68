using System.Text.Json.Serialization;

namespace Promethean.Crawler.Server;

/// <summary>The JSON of the endpoints: camel case, enums by name.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(PageAnswer))]
[JsonSerializable(typeof(CrawlProgress))]
internal sealed partial class CrawlerJson : JsonSerializerContext;
