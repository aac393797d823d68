using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>What to evaluate for each document, and what to gather it with. Immutable.</summary>
/// <param name="Value">Evaluated for each document.</param>
/// <param name="Create">Makes an accumulator for one group, of the value of <paramref name="Size"/> if there is one.</param>
/// <param name="Size">How many values to keep, evaluated once for each group, of the fields of its <c>_id</c>.</param>
internal sealed record AccumulatorRecipe(Expression Value, Func<BsonValue?, Accumulator> Create, Expression? Size = null);
