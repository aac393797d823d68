using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Trigonometry Expression Operators" in the manual. A decimal gives a decimal, of the 15 digits that doubles have.</summary>
internal static class TrigonometryOperators
{
    public static void AddTo(OperatorTable table)
    {
        Add(table, "$sin", Math.Sin, double.IsFinite);
        Add(table, "$cos", Math.Cos, double.IsFinite);
        Add(table, "$tan", Math.Tan, double.IsFinite);
        Add(table, "$asin", Math.Asin, x => Math.Abs(x) <= 1);
        Add(table, "$acos", Math.Acos, x => Math.Abs(x) <= 1);
        Add(table, "$atan", Math.Atan, _ => true);
        Add(table, "$sinh", Math.Sinh, _ => true);
        Add(table, "$cosh", Math.Cosh, _ => true);
        Add(table, "$tanh", Math.Tanh, _ => true);
        Add(table, "$asinh", Math.Asinh, _ => true);
        Add(table, "$acosh", Math.Acosh, x => x >= 1);
        Add(table, "$atanh", Math.Atanh, x => Math.Abs(x) <= 1);
        Add(table, "$degreesToRadians", x => x * (Math.PI / 180), _ => true);
        Add(table, "$radiansToDegrees", x => x * (180 / Math.PI), _ => true);
        table.Add("$atan2", (y, x) => Operand.IsNullish(y) || Operand.IsNullish(x)
            ? BsonNull.Value
            : Result(Math.Atan2(Numbers.ToDouble(Number(y, "$atan2")), Numbers.ToDouble(Number(x, "$atan2"))), y!.IsDecimal128 || x!.IsDecimal128));
    }

    private static void Add(OperatorTable table, string name, Func<double, double> function, Func<double, bool> isDefined) => table.Add(name, value =>
    {
        if (Operand.IsNullish(value)) return BsonNull.Value;
        var real = Numbers.ToDouble(Number(value, name));
        if (!double.IsNaN(real) && !isDefined(real)) throw MongoCommandFailedException.Location(50989, $"cannot apply {name} to {value}: it is out of the range of the function");
        return Result(function(real), value!.IsDecimal128);
    });

    private static BsonValue Number(BsonValue? value, string name) => Numbers.IsNumber(value)
        ? value!
        : throw MongoCommandFailedException.Location(28765, $"{name} only supports numeric types, not {Operand.TypeOf(value)}");

    private static BsonValue Result(double result, bool isDecimal) =>
        isDecimal ? new BsonDecimal128(DecimalArithmetic.From(new BsonDouble(result))) : new BsonDouble(result);
}
