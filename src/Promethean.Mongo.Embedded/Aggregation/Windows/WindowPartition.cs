using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary>The documents of one partition in their order.</summary>
internal sealed class WindowPartition(IReadOnlyList<BsonDocument> documents, SortOrder? order, Variables variables)
{
    private readonly BsonValue[][]? _keys = order is null ? null : [.. documents.Select(order.KeyOf)];

    public IReadOnlyList<BsonDocument> Documents => documents;

    public int Count => documents.Count;

    /// <summary>An expression of one document.</summary>
    public BsonValue? Evaluate(Expression expression, int place) => expression.Evaluate(new EvaluationScope(documents[place], variables));

    /// <summary>The value of the first sort field of a document.</summary>
    public BsonValue SortValue(int place) => _keys![place][0];

    /// <summary>Whether a document sorts as the one before it.</summary>
    public bool IsTied(int place) => place > 0 && order!.CompareKeys(_keys![place - 1], _keys[place]) == 0;
}
