using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary><c>$shift</c>: an expression of the document so many places on, or a default where there is none.</summary>
internal sealed class ShiftWindow(Expression output, int by, BsonValue otherwise) : WindowFunction
{
    public override BsonValue?[] Compute(WindowPartition partition)
    {
        var values = new BsonValue?[partition.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var place = (long)i + by;
            values[i] = place >= 0 && place < values.Length ? partition.Evaluate(output, (int)place) ?? BsonNull.Value : otherwise;
        }

        return values;
    }
}
