using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary><c>$covariancePop</c> and <c>$covarianceSamp</c> of pairs of numbers; other pairs are passed over.</summary>
internal sealed class CovarianceWindow(Expression left, Expression right, bool ofSample, WindowFrame frame) : WindowFunction
{
    public override BsonValue?[] Compute(WindowPartition partition)
    {
        var results = new BsonValue?[partition.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var (start, end) = frame.Of(partition, i);
            results[i] = Covariance(partition, start, end);
        }

        return results;
    }

    private BsonValue Covariance(WindowPartition partition, int start, int end)
    {
        var (count, meanX, meanY, moment) = (0L, 0.0, 0.0, 0.0);
        for (var i = start; i < end; i++)
        {
            var (x, y) = (partition.Evaluate(left, i), partition.Evaluate(right, i));
            if (!Numbers.IsNumber(x) || !Numbers.IsNumber(y)) continue;
            count++;
            var distance = Numbers.ToDouble(x!) - meanX;
            meanX += distance / count;
            meanY += (Numbers.ToDouble(y!) - meanY) / count;
            moment += distance * (Numbers.ToDouble(y!) - meanY);
        }

        var degrees = ofSample ? count - 1 : count;
        return degrees <= 0 ? BsonNull.Value : new BsonDouble(moment / degrees);
    }
}
