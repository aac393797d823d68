using MongoDB.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>Counts matches by the entries of an index alone, where its ranges hold exactly those and a document has one key at most.</summary>
internal static class CoveredCount
{
    /// <summary>Whether a plan's ranges hold a query's matches and nothing else.</summary>
    /// <param name="query">The filter as sent.</param>
    /// <param name="plan">The plan made for it.</param>
    public static bool Applies(BsonDocument query, QueryPlan plan)
    {
        if (plan.Index is not { IsMultikey: false } index || query.ElementCount == 0 || query.ElementCount > index.Fields.Count) return false;
        for (var i = 0; i < query.ElementCount; i++)
        {
            if (index.Paths[i].HasIndexes || !query.TryGetValue(index.Paths[i].Text, out var condition)) return false;
            var isRange = condition is BsonDocument { ElementCount: > 0 };
            if (isRange ? i < query.ElementCount - 1 || !ExactConditions.IsRange(condition.AsBsonDocument) : !ExactConditions.IsValue(condition)) return false;
        }

        return true;
    }

    /// <summary>How many entries the plan's ranges hold.</summary>
    public static long Count(IReadView view, QueryPlan plan, Interruption interruption)
    {
        var count = 0L;
        foreach (var range in plan.Ranges)
        {
            foreach (var _ in view.Scan(plan.Index!, range))
            {
                count++;
                interruption.Check();
            }
        }

        return count;
    }
}
