using MongoDB.Bson;

namespace Promethean.Crawler;

/// <summary>One pass over a page. It may run again for the same page, and then gives the same.</summary>
internal interface IPagePass
{
    /// <summary>Its name in <c>work.stage</c>.</summary>
    string Stage { get; }

    /// <summary>The pass after it; null when it is the last.</summary>
    string? Next { get; }

    /// <summary>Whether the next pass makes sense without this one's result.</summary>
    bool IsOptional { get; }

    /// <summary>Does the work, and tells which fields of the page's document to set.</summary>
    Task<BsonDocument> RunAsync(PassPage page, CancellationToken cancellationToken);
}
