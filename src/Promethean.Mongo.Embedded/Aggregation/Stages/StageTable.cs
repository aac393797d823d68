using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>The stages by name.</summary>
internal static class StageTable
{
    private static readonly Dictionary<string, Func<BsonValue, ParseScope, Stage>> Parsers = new(StringComparer.Ordinal)
    {
        ["$match"] = MatchStage.Parse,
        ["$project"] = ProjectStage.Parse,
        ["$unset"] = ProjectStage.ParseUnset,
        ["$addFields"] = (value, scope) => AddFieldsStage.Parse("$addFields", value, scope),
        ["$set"] = (value, scope) => AddFieldsStage.Parse("$set", value, scope),
        ["$replaceRoot"] = ReplaceRootStage.Parse,
        ["$replaceWith"] = ReplaceRootStage.ParseWith,
        ["$group"] = GroupStage.Parse,
        ["$bucket"] = BucketStage.Parse,
        ["$sortByCount"] = SortByCountStage.Parse,
        ["$count"] = CountStage.Parse,
        ["$sort"] = SortStage.Parse,
        ["$limit"] = LimitStage.Parse,
        ["$skip"] = SkipStage.Parse,
        ["$sample"] = SampleStage.Parse,
        ["$unwind"] = UnwindStage.Parse,
        ["$lookup"] = LookupStage.Parse,
        ["$graphLookup"] = GraphLookupStage.Parse,
        ["$unionWith"] = UnionWithStage.Parse,
        ["$facet"] = FacetStage.Parse,
        ["$bucketAuto"] = BucketAutoStage.Parse,
        ["$redact"] = RedactStage.Parse,
        ["$setWindowFields"] = SetWindowFieldsStage.Parse,
        ["$densify"] = DensifyStage.Parse,
        ["$fill"] = FillStage.Parse,
        ["$documents"] = DocumentsStage.Parse,
        ["$collStats"] = CollectionStatsStage.Parse,
        ["$indexStats"] = IndexStatsStage.Parse,
        ["$listLocalSessions"] = LocalSessionsStage.Parse,
        ["$out"] = OutStage.Parse,
        ["$merge"] = MergeStage.Parse,
    };

    /// <summary>Every stage's name.</summary>
    public static IReadOnlyCollection<string> Names => Parsers.Keys;

    public static Stage Parse(BsonElement stage, ParseScope scope) => Parsers.TryGetValue(stage.Name, out var parser)
        ? parser(stage.Value, scope)
        : throw MongoCommandFailedException.Location(40324, $"Unrecognized pipeline stage name: '{stage.Name}'");
}
