using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>
/// A sum that is exact for integers and decimals and compensated for doubles (Neumaier's variant of Kahan summation), whose type is
/// the widest of what was added.
/// </summary>
internal sealed class NumericSum
{
    private Int128 _integers;
    private double _reals;
    private double _compensation;
    private Decimal128 _decimals = Decimal128.Zero;
    private BsonType _type = BsonType.Int32;

    /// <summary>How many numbers were added.</summary>
    public long Count { get; private set; }

    /// <summary>Whether a decimal was added.</summary>
    public bool IsDecimal => _type == BsonType.Decimal128;

    /// <summary>Adds a number; anything else is passed over.</summary>
    public void Add(BsonValue? value)
    {
        switch (value)
        {
            case BsonInt32 small:
                _integers += small.Value;
                break;
            case BsonInt64 large:
                _integers += large.Value;
                if (_type == BsonType.Int32) _type = BsonType.Int64;
                break;
            case BsonDouble real:
                AddReal(real.Value);
                if (_type != BsonType.Decimal128) _type = BsonType.Double;
                break;
            case BsonDecimal128 exact:
                _decimals = DecimalArithmetic.Add(_decimals, exact.Value);
                _type = BsonType.Decimal128;
                break;
            default:
                return;
        }

        Count++;
    }

    /// <summary>The sum in the widest type; an integer sum beyond 64 bits is a double.</summary>
    public BsonValue Value => _type switch
    {
        BsonType.Decimal128 => new BsonDecimal128(Decimal()),
        BsonType.Double => new BsonDouble(Double()),
        BsonType.Int32 when _integers >= int.MinValue && _integers <= int.MaxValue => new BsonInt32((int)_integers),
        _ when _integers >= long.MinValue && _integers <= long.MaxValue => new BsonInt64((long)_integers),
        _ => new BsonDouble((double)_integers),
    };

    /// <summary>The sum as a double.</summary>
    public double Double()
    {
        var copy = new NumericSum { _reals = _reals, _compensation = _compensation };
        copy.AddReal((double)_integers);
        var sum = copy._reals + copy._compensation;
        // The compensation of an infinite sum is no number.
        return double.IsNaN(sum) ? copy._reals : sum;
    }

    /// <summary>The sum as a decimal.</summary>
    public Decimal128 Decimal()
    {
        var sum = DecimalArithmetic.Add(_decimals, Decimal128.Parse(_integers.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var real = _reals + _compensation;
        if (real == 0) return sum;
        // A whole number brings no digits after the point.
        return DecimalArithmetic.Add(sum, Math.Abs(real) < 1e15 && real == Math.Truncate(real) ? (long)real : DecimalArithmetic.From(new BsonDouble(real)));
    }

    private void AddReal(double value)
    {
        var sum = _reals + value;
        _compensation += Math.Abs(_reals) >= Math.Abs(value) ? _reals - sum + value : value - sum + _reals;
        _reals = sum;
    }
}
