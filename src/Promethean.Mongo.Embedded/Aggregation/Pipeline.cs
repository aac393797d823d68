using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Stages;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation;

/// <summary>An aggregation pipeline ("Aggregation Pipeline" in MongoDB's manual), parsed once. Immutable and safe for any number of threads.</summary>
internal sealed class Pipeline
{
    /// <summary>MongoDB's limit on the number of stages.</summary>
    private const int MaxStages = 1000;

    private readonly Stage[] _stages;

    private Pipeline(Stage[] stages)
    {
        _stages = stages;
        LeadingMatch = (stages.FirstOrDefault() as MatchStage)?.Filter;
        Output = stages.LastOrDefault() as OutputStage;
        StartsItself = stages.FirstOrDefault()?.IsSource == true;
        LeadingSort = (stages.Skip(LeadingMatch is null ? 0 : 1).FirstOrDefault() as SortStage)?.Order;
    }

    /// <summary>
    /// The filter of a <c>$match</c> at the very beginning, for the planner to narrow the input with; null if there is none. The
    /// pipeline applies it all the same.
    /// </summary>
    public DocumentFilter? LeadingMatch { get; }

    /// <summary>The order of a <c>$sort</c> at the beginning or right after <see cref="LeadingMatch"/>; null if there is none.</summary>
    public SortOrder? LeadingSort { get; }

    /// <summary>The <c>$out</c> or <c>$merge</c> at the end, which the pipeline only passes documents through; null if there is none.</summary>
    public OutputStage? Output { get; }

    /// <summary>Whether the pipeline begins with documents of its own, as <c>$documents</c> does, and reads no input.</summary>
    public bool StartsItself { get; }

    /// <summary>The other collections the pipeline reads, each once.</summary>
    public IReadOnlyCollection<string> OtherCollections
    {
        get
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var stage in _stages) names.UnionWith(stage.OtherCollections);
            return names;
        }
    }

    /// <summary>Reads a pipeline. <paramref name="variables"/> are those it may name; their values come with <see cref="Run"/>.</summary>
    /// <exception cref="MongoCommandFailedException">An unknown stage (code 40324), malformed arguments, ….</exception>
    public static Pipeline Parse(BsonArray stages, Variables? variables = null) => Parse(stages, ParseScope.Of(variables ?? Variables.None));

    /// <summary>
    /// Runs the pipeline. The result is lazy: documents are taken from <paramref name="input"/> as the result is read, and failures
    /// come then too. Input documents are not modified, but results may share values with them.
    /// </summary>
    public IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var stage in _stages) input = stage.Run(input, context);
        return input;
    }

    /// <summary>Reads a pipeline within another.</summary>
    internal static Pipeline Parse(BsonArray stages, ParseScope scope)
    {
        if (stages.Count > MaxStages) throw MongoCommandFailedException.Location(7749501, $"Pipeline length must be no longer than {MaxStages} stages");
        scope = scope.OfPipeline();
        var parsed = new List<Stage>(stages.Count);
        foreach (var item in stages)
        {
            if (item is not BsonDocument { ElementCount: 1 } stage)
            {
                throw item is BsonDocument
                    ? MongoCommandFailedException.Location(40323, "A pipeline stage specification object must contain exactly one field.")
                    : MongoCommandFailedException.TypeMismatch("Each element of the 'pipeline' array must be an object");
            }

            var next = StageTable.Parse(stage.GetElement(0), scope.Deeper());
            if (next.IsSource && parsed.Count > 0) throw MongoCommandFailedException.Location(40602, $"{stage.GetElement(0).Name} is only valid as the first stage in a pipeline.");
            if (parsed.LastOrDefault() is OutputStage last) throw MongoCommandFailedException.Location(40601, $"{last.Name} can only be the final stage in the pipeline");
            // A sort that only the first results are taken of needs to keep no more.
            if (next is LimitStage limit && parsed.LastOrDefault() is SortStage sort) parsed[^1] = sort.Limited(limit.Count);
            parsed.Add(next);
        }

        return new Pipeline([.. parsed]);
    }
}
