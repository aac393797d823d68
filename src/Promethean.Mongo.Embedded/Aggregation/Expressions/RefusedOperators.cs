using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>What MongoDB knows and this server says it does not do.</summary>
internal static class RefusedOperators
{
    /// <summary>The refusal of what runs JavaScript.</summary>
    public static MongoCommandFailedException JavaScript(string name) =>
        new(MongoErrorCode.CommandNotSupported, $"{name} needs JavaScript, which this server does not run");
}
