using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Projections;

/// <summary><c>{field: {$slice: n}}</c> and <c>{field: {$slice: [skip, n]}}</c> ("$slice (projection)" in the manual).</summary>
internal sealed class SliceProjection : ArrayProjection
{
    private readonly int? _skip;
    private readonly int _count;

    public SliceProjection(FieldPath path, BsonValue operand)
        : base(path)
    {
        if (operand is not BsonArray pair)
        {
            _count = Whole(operand);
            return;
        }

        _skip = Whole(pair[0]);
        _count = Whole(pair[1]);
        if (_count <= 0) throw MongoCommandFailedException.Location(28724, $"$slice limit must be positive, but got {pair[1]}");
    }

    public override bool Includes => false;

    /// <summary>Whether the operand is that of a projection; else <c>$slice</c> is an expression.</summary>
    public static bool Takes(BsonValue operand) => Numbers.IsNumber(operand)
        || (operand is BsonArray { Count: 2 } pair && Numbers.IsNumber(pair[0]) && Numbers.IsNumber(pair[1]));

    protected override BsonValue? Change(BsonArray array, int? positionalIndex, Variables variables) =>
        _skip is { } skip ? ArraySlice.Take(array, skip, _count) : ArraySlice.Take(array, _count);

    private static int Whole(BsonValue number) => Numbers.TryTruncate(number, out var whole) ? (int)Math.Clamp(whole, -int.MaxValue, int.MaxValue) : 0;
}
