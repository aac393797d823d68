using Microsoft.Extensions.Logging;

namespace Promethean.Vectors;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Opened the vector store {Path}")]
    public static partial void Opened(ILogger logger, string path);

    [LoggerMessage(2, LogLevel.Information, "Opened the vector collection {Collection} with {Count} records of {Spec}")]
    public static partial void CollectionOpened(ILogger logger, string collection, long count, EmbeddingSpec spec);
}
