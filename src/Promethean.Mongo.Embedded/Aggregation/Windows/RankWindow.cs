using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary><c>$documentNumber</c>, <c>$rank</c> (with gaps after ties) and <c>$denseRank</c> (without).</summary>
internal sealed class RankWindow(string name) : WindowFunction
{
    public override BsonValue?[] Compute(WindowPartition partition)
    {
        var ranks = new BsonValue?[partition.Count];
        var rank = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            if (name == "$documentNumber" || !partition.IsTied(i)) rank = name == "$denseRank" ? rank + 1 : i + 1;
            ranks[i] = rank;
        }

        return ranks;
    }
}
