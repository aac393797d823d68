using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Arithmetic Expression Operators" in the manual. Null or missing operands give null; a 64-bit overflow goes on as double.</summary>
internal static class ArithmeticOperators
{
    private static readonly BsonInt32 Zero = new(0);

    public static void AddTo(OperatorTable table)
    {
        table.Add("$add", 0, int.MaxValue, Sum);
        table.Add("$subtract", Difference);
        table.Add("$multiply", 0, int.MaxValue, Product);
        table.Add("$divide", Quotient);
        table.Add("$mod", Remainder);
        table.Add("$abs", value => Unary(value, "$abs", Absolute));
        table.Add("$ceil", value => Unary(value, "$ceil", number => Whole(number, Math.Ceiling, roundUp: true)));
        table.Add("$floor", value => Unary(value, "$floor", number => Whole(number, Math.Floor, roundUp: false)));
        table.Add("$round", 1, 2, values => Rounded(values, "$round", truncate: false));
        table.Add("$trunc", 1, 2, values => Rounded(values, "$trunc", truncate: true));
        table.Add("$sqrt", value => Unary(value, "$sqrt", number => Numbers.ToDouble(number) is var real && real < 0
            ? throw MongoCommandFailedException.Location(28714, "$sqrt's argument must be greater than or equal to 0")
            : (BsonValue)Math.Sqrt(real)));
        table.Add("$exp", value => Unary(value, "$exp", number => Math.Exp(Numbers.ToDouble(number))));
        table.Add("$ln", value => Unary(value, "$ln", number => Math.Log(Positive(number, "$ln", 28766))));
        table.Add("$log10", value => Unary(value, "$log10", number => Math.Log10(Positive(number, "$log10", 28761))));
        table.Add("$log", (value, @base) => Operand.IsNullish(@base) ? BsonNull.Value : Unary(value, "$log", number =>
            Math.Log(Positive(number, "$log", 28758)) / Math.Log(Positive(Number(@base, "$log"), "$log", 28759))));
        table.Add("$pow", Power);
    }

    private static BsonValue? Sum(BsonValue?[] values)
    {
        BsonValue sum = new BsonInt32(0);
        long? date = null;
        foreach (var value in values)
        {
            if (Operand.IsNullish(value)) return BsonNull.Value;
            if (value is BsonDateTime instant)
            {
                if (date is not null) throw MongoCommandFailedException.Location(16612, "only one date allowed in an $add expression");
                date = instant.MillisecondsSinceEpoch;
                continue;
            }

            if (!Numbers.IsNumber(value)) throw MongoCommandFailedException.TypeMismatch($"$add only supports numeric or date types, not {Operand.TypeOf(value)}");
            sum = Arithmetic.Add(sum, value!) ?? Numbers.ToDouble(sum) + Numbers.ToDouble(value!);
        }

        return date is { } start ? new BsonDateTime(start + Milliseconds(sum)) : sum;
    }

    private static BsonValue? Difference(BsonValue? left, BsonValue? right)
    {
        if (Operand.IsNullish(left) || Operand.IsNullish(right)) return BsonNull.Value;
        switch (left, right)
        {
            case (BsonDateTime from, BsonDateTime to):
                return from.MillisecondsSinceEpoch - to.MillisecondsSinceEpoch;
            case (BsonDateTime from, _) when Numbers.IsNumber(right):
                return new BsonDateTime(from.MillisecondsSinceEpoch - Milliseconds(right!));
            case (_, _) when Numbers.IsNumber(left) && Numbers.IsNumber(right):
                return Arithmetic.Subtract(left!, right!) ?? Numbers.ToDouble(left!) - Numbers.ToDouble(right!);
            default:
                throw MongoCommandFailedException.TypeMismatch($"can't $subtract {Operand.TypeOf(right)} from {Operand.TypeOf(left)}");
        }
    }

    private static BsonValue? Product(BsonValue?[] values)
    {
        BsonValue product = new BsonInt32(1);
        foreach (var value in values)
        {
            if (Operand.IsNullish(value)) return BsonNull.Value;
            product = Arithmetic.Multiply(product, Number(value, "$multiply")) ?? Numbers.ToDouble(product) * Numbers.ToDouble(value!);
        }

        return product;
    }

    private static BsonValue? Quotient(BsonValue? left, BsonValue? right)
    {
        if (Operand.IsNullish(left) || Operand.IsNullish(right)) return BsonNull.Value;
        var (x, y) = (Number(left, "$divide"), Number(right, "$divide"));
        if (Numbers.ToDouble(y) == 0) throw MongoCommandFailedException.BadValue("can't $divide by zero");
        return Arithmetic.Widest(x, y) == BsonType.Decimal128
            ? new BsonDecimal128(DecimalArithmetic.Divide(DecimalArithmetic.From(x), DecimalArithmetic.From(y)))
            : Numbers.ToDouble(x) / Numbers.ToDouble(y);
    }

    private static BsonValue? Remainder(BsonValue? left, BsonValue? right)
    {
        if (Operand.IsNullish(left) || Operand.IsNullish(right)) return BsonNull.Value;
        var (x, y) = (Number(left, "$mod"), Number(right, "$mod"));
        if (Numbers.ToDouble(y) == 0) throw MongoCommandFailedException.Location(16610, "can't $mod by zero");
        switch (Arithmetic.Widest(x, y))
        {
            case BsonType.Decimal128:
                return new BsonDecimal128(DecimalArithmetic.Remainder(DecimalArithmetic.From(x), DecimalArithmetic.From(y)));
            case BsonType.Double:
                return Numbers.ToDouble(x) % Numbers.ToDouble(y);
            case BsonType.Int64:
                return y.ToInt64() == -1 ? 0L : x.ToInt64() % y.ToInt64();
            default:
                return y.AsInt32 == -1 ? 0 : x.AsInt32 % y.AsInt32;
        }
    }

    private static BsonValue? Power(BsonValue? left, BsonValue? right)
    {
        if (Operand.IsNullish(left) || Operand.IsNullish(right)) return BsonNull.Value;
        var (x, y) = (Number(left, "$pow"), Number(right, "$pow"));
        if (Numbers.ToDouble(x) == 0 && Numbers.ToDouble(y) < 0) throw MongoCommandFailedException.Location(28764, "$pow cannot take a base of 0 and a negative exponent");
        var result = Math.Pow(Numbers.ToDouble(x), Numbers.ToDouble(y));
        return Arithmetic.Widest(x, y) switch
        {
            BsonType.Int32 when result == Math.Truncate(result) && Math.Abs(result) <= int.MaxValue => new BsonInt32((int)result),
            BsonType.Int32 or BsonType.Int64 when result == Math.Truncate(result) && Math.Abs(result) < 9007199254740992.0 => new BsonInt64((long)result),
            _ => new BsonDouble(result),
        };
    }

    private static BsonValue? Unary(BsonValue? value, string name, Func<BsonValue, BsonValue> function) =>
        Operand.IsNullish(value) ? BsonNull.Value : function(Number(value, name));

    private static BsonValue Absolute(BsonValue number) => number switch
    {
        BsonInt32 { Value: int.MinValue } => -(long)int.MinValue,
        BsonInt32 small => Math.Abs(small.Value),
        BsonInt64 { Value: long.MinValue } => throw MongoCommandFailedException.Location(28680, "can't take $abs of long long min"),
        BsonInt64 large => Math.Abs(large.Value),
        BsonDecimal128 exact => NumericOrder.Compare(exact, Zero) < 0 ? new BsonDecimal128(Decimal128.Negate(exact.Value)) : exact,
        _ => Math.Abs(number.AsDouble),
    };

    private static BsonValue Whole(BsonValue number, Func<double, double> real, bool roundUp)
    {
        if (number is BsonDouble fraction) return real(fraction.Value);
        if (number is not BsonDecimal128 exact) return number;
        var truncated = DecimalArithmetic.RoundTo(exact.Value, 0, truncate: true);
        var order = NumericOrder.Compare(new BsonDecimal128(truncated), exact);
        if (order == 0 || order < 0 != roundUp) return new BsonDecimal128(truncated);
        return new BsonDecimal128(DecimalArithmetic.Add(truncated, roundUp ? Decimal128.One : Decimal128.Negate(Decimal128.One)));
    }

    private static BsonValue? Rounded(BsonValue?[] values, string name, bool truncate)
    {
        if (Operand.IsNullish(values[0]) || (values.Length > 1 && Operand.IsNullish(values[1]))) return BsonNull.Value;
        var number = Number(values[0], name);
        var places = values.Length > 1 ? Operand.Int32(values[1], name, 51082) : 0;
        if (places is < -20 or > 100) throw MongoCommandFailedException.Location(51083, $"cannot apply {name} with precision value {places} value must be in [-20, 100]");
        if (number is BsonDecimal128 exact) return new BsonDecimal128(DecimalArithmetic.RoundTo(exact.Value, places, truncate));
        if (number is BsonDouble real)
        {
            if (!double.IsFinite(real.Value)) return real;
            if (places == 0) return truncate ? Math.Truncate(real.Value) : Math.Round(real.Value, MidpointRounding.ToEven);
            return NumericOrder.ToDouble(DecimalArithmetic.RoundTo(Decimal128.Parse(real.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)), places, truncate));
        }

        if (places >= 0) return number;
        var rounded = DecimalArithmetic.RoundTo(DecimalArithmetic.From(number), places, truncate);
        Numbers.TryTruncate(new BsonDecimal128(rounded), out var whole);
        return number is BsonInt32 && whole == (int)whole ? new BsonInt32((int)whole) : new BsonInt64(whole);
    }

    private static double Positive(BsonValue number, string name, int code) => Numbers.ToDouble(number) is var real && real > 0
        ? real
        : throw MongoCommandFailedException.Location(code, $"{name}'s argument must be a positive number, but is {number}");

    private static BsonValue Number(BsonValue? value, string name) => Numbers.IsNumber(value)
        ? value!
        : throw MongoCommandFailedException.TypeMismatch($"{name} only supports numeric types, not {Operand.TypeOf(value)}");

    private static long Milliseconds(BsonValue number) => Numbers.TryTruncate(number is BsonDouble real ? Math.Round(real.Value) : number, out var milliseconds)
        ? milliseconds
        : throw new MongoCommandFailedException(MongoErrorCode.Overflow, "date overflow");
}
