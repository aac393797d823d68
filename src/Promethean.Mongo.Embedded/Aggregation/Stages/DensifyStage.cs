using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$densify</c>: adds a document for each step of a number or a date that no document is at, sorted by partition and field.</summary>
internal sealed class DensifyStage : Stage
{
    /// <summary>MongoDB's limit on the documents one stage makes.</summary>
    private const int MaxDocuments = 500_000;

    private readonly FieldPath _field;
    private readonly FieldPath[] _partitionBy;
    private readonly BsonValue _step;
    private readonly string? _unit;
    private readonly BsonValue _bounds;

    private DensifyStage(StageArguments arguments, StageArguments range)
    {
        _field = Path(arguments.Text("field"));
        _partitionBy = [.. arguments.Texts("partitionByFields").Select(Path)];
        _step = range.Required("step");
        if (!Numbers.IsNumber(_step) || Numbers.ToDouble(_step) <= 0) throw MongoCommandFailedException.Location(5733401, "The step parameter in a range statement must be a strictly positive numeric value");
        _unit = range["unit"] is { } unit ? DateUnit.Parse(unit) : null;
        if (_unit is not null && !Numbers.TryToInt64(_step, out _)) throw MongoCommandFailedException.Location(6586400, "The step parameter in a range statement must be a whole number when densifying a date range");
        _bounds = range.Required("bounds");
        if (_bounds is not (BsonArray { Count: 2 } or BsonString { Value: "full" or "partition" })) throw MongoCommandFailedException.Location(5946802, "Bounds must be 'full', 'partition', or an array of two values");
        if (_bounds == "partition" && _partitionBy.Length == 0) throw MongoCommandFailedException.Location(5733408, "One may not specify the bounds as 'partition' without specifying a non-empty array of partitionByFields.");
    }

    public static DensifyStage Parse(BsonValue value, ParseScope scope)
    {
        var arguments = new StageArguments("$densify", value, "field", "partitionByFields", "range");
        return new DensifyStage(arguments, new StageArguments("$densify range", arguments.Required("range"), "step", "unit", "bounds"));
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var partitions = new Dictionary<BsonValue, List<(BsonValue At, BsonDocument Document)>>(BsonOrder.Instance);
        foreach (var document in input)
        {
            var at = _field.Find(document);
            if (Operand.IsNullish(at))
            {
                // A document that is nowhere stays as it is.
                yield return document;
                continue;
            }

            Check(at!);
            var key = new BsonArray(_partitionBy.Select(path => path.Find(document) ?? BsonNull.Value));
            if (!partitions.TryGetValue(key, out var documents)) partitions.Add(key, documents = []);
            documents.Add((at!, document));
        }

        var all = partitions.Values.SelectMany(documents => documents.Select(item => item.At)).Order(BsonOrder.Instance).ToList();
        var made = 0;
        foreach (var (key, documents) in partitions.OrderBy(part => part.Key, BsonOrder.Instance))
        {
            documents.Sort((x, y) => BsonOrder.Compare(x.At, y.At));
            var (low, high, inclusive) = _bounds switch
            {
                BsonArray given => (given[0], given[1], false),
                BsonString { Value: "full" } => (all[0], all[^1], true),
                _ => (documents[0].At, documents[^1].At, true),
            };
            foreach (var document in Fill(documents, key.AsBsonArray, low, high, inclusive))
            {
                if (++made > MaxDocuments) throw MongoCommandFailedException.Location(5897900, $"Generated {made} documents in $densify, which is over the limit of {MaxDocuments}");
                yield return document;
            }
        }
    }

    private IEnumerable<BsonDocument> Fill(List<(BsonValue At, BsonDocument Document)> documents, BsonArray key, BsonValue low, BsonValue high, bool inclusive)
    {
        Check(low);
        Check(high);
        var next = low;
        var steps = 0L;
        var place = 0;
        while (true)
        {
            var order = BsonOrder.Compare(next, high);
            if (inclusive ? order > 0 : order >= 0) break;
            while (place < documents.Count && BsonOrder.Compare(documents[place].At, next) < 0) yield return documents[place++].Document;
            if (place < documents.Count && BsonOrder.AreEqual(documents[place].At, next))
            {
                while (place < documents.Count && BsonOrder.AreEqual(documents[place].At, next)) yield return documents[place++].Document;
            }
            else
            {
                yield return Make(key, next);
            }

            next = Shift(low, ++steps);
        }

        while (place < documents.Count) yield return documents[place++].Document;
    }

    private BsonDocument Make(BsonArray key, BsonValue at)
    {
        var document = new BsonDocument();
        for (var i = 0; i < _partitionBy.Length; i++) document = DocumentPath.With(document, [.. _partitionBy[i].Parts], 0, key[i]);
        return DocumentPath.With(document, [.. _field.Parts], 0, at);
    }

    private BsonValue Shift(BsonValue low, long steps)
    {
        if (_unit is not null) return new BsonDateTime(DateArithmetic.Add(low.AsBsonDateTime.MillisecondsSinceEpoch, _unit, steps * _step.ToInt64(), DateZone.Of(null)));
        // Counted from the beginning, so that fractions do not add up their errors.
        var distance = Arithmetic.Multiply(_step, new BsonInt32((int)steps)) ?? throw TooFar();
        return Arithmetic.Add(low, distance) ?? throw TooFar();
    }

    private static MongoCommandFailedException TooFar() => new(MongoErrorCode.Overflow, "$densify left the range of 64-bit integers");

    private void Check(BsonValue at)
    {
        if (_unit is null ? !Numbers.IsNumber(at) : at is not BsonDateTime)
        {
            throw MongoCommandFailedException.Location(5733201, $"Densify field type must be {(_unit is null ? "numeric, or a date with a 'unit'" : "a date where there is a 'unit'")}, but is {Operand.TypeOf(at)}");
        }
    }

    private static FieldPath Path(string text) => FieldPath.Parse(string.Join('.', ExpressionParser.ParsePath(text)));
}
