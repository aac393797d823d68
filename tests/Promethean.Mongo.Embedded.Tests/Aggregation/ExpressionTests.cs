using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Aggregation;

/// <summary>Manual: "Expressions", "Expression Operators" and the page of each operator named in a case.</summary>
public sealed class ExpressionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly BsonDocument Document = BsonDocument.Parse(
        "{_id: 1, a: 5, n: null, s: 'Hello', o: {x: 1, y: {z: 2}}, r: [3, 1, 2], d: [{b: 1}, {b: 2}, {c: 3}], t: ISODate('2026-11-23T04:05:06.789Z')}");

    [Theory]
    [InlineData("'$a'", "5")]
    [InlineData("'$o.y.z'", "2")]
    [InlineData("'$d.b'", "[1, 2]")]
    [InlineData("'$r.0'", "[]")]
    [InlineData("'$$ROOT._id'", "1")]
    [InlineData("'$$CURRENT.o.x'", "1")]
    [InlineData("'$$NOW'", "ISODate('2026-01-02T03:04:05Z')")]
    [InlineData("'$$v.k'", "7")]
    [InlineData("{$literal: '$a'}", "'$a'")]
    [InlineData("{p: '$a', q: '$nothing', r: {$add: [1, 1]}}", "{p: 5, r: 2}")]
    [InlineData("['$a', '$nothing']", "[5, null]")]
    [InlineData("{$add: ['$a', 1, 2.5]}", "8.5")]
    [InlineData("{$add: [2147483647, 1]}", "NumberLong('2147483648')")]
    [InlineData("{$add: [NumberLong('9223372036854775807'), 1]}", "9223372036854775808.0")]
    [InlineData("{$add: ['$a', '$nothing']}", "null")]
    [InlineData("{$add: ['$t', 1000]}", "ISODate('2026-11-23T04:05:07.789Z')")]
    [InlineData("{$subtract: [7, '$a']}", "2")]
    [InlineData("{$subtract: ['$t', '$t']}", "NumberLong(0)")]
    [InlineData("{$multiply: [2, '$a', 0.5]}", "5.0")]
    [InlineData("{$divide: ['$a', 2]}", "2.5")]
    [InlineData("{$divide: [NumberDecimal('1'), 3]}", "NumberDecimal('0.3333333333333333333333333333333333')")]
    [InlineData("{$mod: [-7, 3]}", "-1")]
    [InlineData("{$toString: {$add: [0.1, 0.2]}}", "'0.3'")]
    [InlineData("{$toString: 1e21}", "'1e+21'")]
    [InlineData("{$toString: 2.0}", "'2'")]
    [InlineData("{$sin: 0}", "0.0")]
    [InlineData("{$atan2: [0, 1]}", "0.0")]
    [InlineData("{$radiansToDegrees: '$n'}", "null")]
    [InlineData("{$degreesToRadians: 180}", "3.141592653589793")]
    [InlineData("{$bitAnd: [6, 3]}", "2")]
    [InlineData("{$bitOr: [6, NumberLong(3)]}", "NumberLong(7)")]
    [InlineData("{$bitXor: [6, 3]}", "5")]
    [InlineData("{$bitNot: 5}", "-6")]
    [InlineData("{$binarySize: 'é'}", "2")]
    [InlineData("{$bsonSize: {a: 1}}", "12")]
    [InlineData("{$tsSecond: {$literal: Timestamp(5, 2)}}", "NumberLong(5)")]
    [InlineData("{$firstN: {input: '$r', n: 2}}", "[3, 1]")]
    [InlineData("{$lastN: {input: '$r', n: 2}}", "[1, 2]")]
    [InlineData("{$maxN: {input: '$r', n: 2}}", "[3, 2]")]
    [InlineData("{$minN: {input: [3, null, 1], n: 5}}", "[1, 3]")]
    [InlineData("{$median: {input: '$r', method: 'approximate'}}", "2.0")]
    [InlineData("{$dateAdd: {startDate: ISODate('2026-01-31T00:00:00Z'), unit: 'month', amount: 1}}", "ISODate('2026-02-28T00:00:00Z')")]
    [InlineData("{$dateAdd: {startDate: ISODate('2026-03-28T12:00:00Z'), unit: 'day', amount: 1, timezone: 'Europe/Berlin'}}", "ISODate('2026-03-29T11:00:00Z')")]
    [InlineData("{$dateAdd: {startDate: ISODate('2026-03-28T12:00:00Z'), unit: 'hour', amount: 24, timezone: 'Europe/Berlin'}}", "ISODate('2026-03-29T12:00:00Z')")]
    [InlineData("{$dateSubtract: {startDate: '$t', unit: 'week', amount: 1}}", "ISODate('2026-11-16T04:05:06.789Z')")]
    [InlineData("{$dateDiff: {startDate: ISODate('2025-12-31T23:59:59Z'), endDate: ISODate('2026-01-01T00:00:00Z'), unit: 'year'}}", "NumberLong(1)")]
    [InlineData("{$dateDiff: {startDate: ISODate('2026-01-01T00:00:00Z'), endDate: ISODate('2025-12-31T23:00:00Z'), unit: 'quarter'}}", "NumberLong(-1)")]
    [InlineData("{$dateDiff: {startDate: ISODate('2026-11-22T00:00:00Z'), endDate: ISODate('2026-11-23T00:00:00Z'), unit: 'week', startOfWeek: 'monday'}}", "NumberLong(1)")]
    [InlineData("{$dateDiff: {startDate: ISODate('2026-11-22T00:00:00Z'), endDate: ISODate('2026-11-23T00:00:00Z'), unit: 'week'}}", "NumberLong(0)")]
    [InlineData("{$dateDiff: {startDate: ISODate('2026-01-01T00:59:59Z'), endDate: ISODate('2026-01-01T01:00:00Z'), unit: 'hour'}}", "NumberLong(1)")]
    [InlineData("{$dateTrunc: {date: '$t', unit: 'hour'}}", "ISODate('2026-11-23T04:00:00Z')")]
    [InlineData("{$dateTrunc: {date: '$t', unit: 'month', binSize: 6}}", "ISODate('2026-07-01T00:00:00Z')")]
    [InlineData("{$dateTrunc: {date: '$t', unit: 'week'}}", "ISODate('2026-11-22T00:00:00Z')")]
    [InlineData("{$dateTrunc: {date: '$t', unit: 'week', startOfWeek: 'mon'}}", "ISODate('2026-11-23T00:00:00Z')")]
    [InlineData("{$dateTrunc: {date: '$t', unit: 'day', timezone: '+05:00'}}", "ISODate('2026-11-22T19:00:00Z')")]
    [InlineData("{$dateTrunc: {date: ISODate('1999-12-31T23:00:00Z'), unit: 'minute', binSize: 50}}", "ISODate('1999-12-31T22:20:00Z')")]
    [InlineData("{$dateFromParts: {year: 2026, month: 14, day: 0, hour: -1}}", "ISODate('2027-01-30T23:00:00Z')")]
    [InlineData("{$dateFromParts: {isoWeekYear: 2026, isoWeek: 1, isoDayOfWeek: 1}}", "ISODate('2025-12-29T00:00:00Z')")]
    [InlineData("{$dateFromParts: {year: 2026, timezone: 'America/New_York'}}", "ISODate('2026-01-01T05:00:00Z')")]
    [InlineData("{$dateFromParts: {year: 2026, month: '$nothing'}}", "null")]
    [InlineData("{$dateToParts: {date: '$t'}}", "{year: 2026, month: 11, day: 23, hour: 4, minute: 5, second: 6, millisecond: 789}")]
    [InlineData("{$dateToParts: {date: '$t', iso8601: true}}", "{isoWeekYear: 2026, isoWeek: 48, isoDayOfWeek: 1, hour: 4, minute: 5, second: 6, millisecond: 789}")]
    [InlineData("{$dateFromString: {dateString: '2026-01-02T03:04:05.678Z'}}", "ISODate('2026-01-02T03:04:05.678Z')")]
    [InlineData("{$dateFromString: {dateString: '2026-01-02', timezone: '+01:00'}}", "ISODate('2026-01-01T23:00:00Z')")]
    [InlineData("{$dateFromString: {dateString: '02/01/2026 03:04', format: '%d/%m/%Y %H:%M'}}", "ISODate('2026-01-02T03:04:00Z')")]
    [InlineData("{$dateFromString: {dateString: '2 Mar 2026', format: '%d %b %Y'}}", "ISODate('2026-03-02T00:00:00Z')")]
    [InlineData("{$dateFromString: {dateString: 'December 24, 2026', format: '%B %d, %Y'}}", "ISODate('2026-12-24T00:00:00Z')")]
    [InlineData("{$dateFromString: {dateString: '2026-060', format: '%Y-%j'}}", "ISODate('2026-03-01T00:00:00Z')")]
    [InlineData("{$dateFromString: {dateString: '2026-W53-7', format: '%G-W%V-%u'}}", "ISODate('2027-01-03T00:00:00Z')")]
    [InlineData("{$dateFromString: {dateString: '2026-01-01 10:00:00.500 +0200', format: '%Y-%m-%d %H:%M:%S.%L %z'}}", "ISODate('2026-01-01T08:00:00.500Z')")]
    [InlineData("{$dateFromString: {dateString: '2026-02-30', format: '%Y-%m-%d', onError: 'none'}}", "'none'")]
    [InlineData("{$dateFromString: {dateString: 'nonsense', onError: 7}}", "7")]
    [InlineData("{$dateFromString: {dateString: '$n', onNull: 8}}", "8")]
    [InlineData("{$abs: -5}", "5")]
    [InlineData("{$ceil: -1.5}", "-1.0")]
    [InlineData("{$floor: -1.5}", "-2.0")]
    [InlineData("{$floor: NumberDecimal('-1.5')}", "NumberDecimal('-2')")]
    [InlineData("{$round: [2.5]}", "2.0")]
    [InlineData("{$round: [1234.5678, 2]}", "1234.57")]
    [InlineData("{$round: [1250, -2]}", "1200")]
    [InlineData("{$trunc: [1.79, 1]}", "1.7")]
    [InlineData("{$sqrt: 9}", "3.0")]
    [InlineData("{$pow: [2, 10]}", "1024")]
    [InlineData("{$ln: 1}", "0.0")]
    [InlineData("{$cmp: ['$a', 7]}", "-1")]
    [InlineData("{$eq: ['$a', 5.0]}", "true")]
    [InlineData("{$ne: ['$nothing', null]}", "true")]
    [InlineData("{$gt: ['x', 5]}", "true")]
    [InlineData("{$lte: ['$nothing', null]}", "true")]
    [InlineData("{$and: [true, 1, 'x']}", "true")]
    [InlineData("{$and: []}", "true")]
    [InlineData("{$or: [false, 0, null]}", "false")]
    [InlineData("{$not: ['$n']}", "true")]
    [InlineData("{$cond: [{$gt: ['$a', 3]}, 'big', 'small']}", "'big'")]
    [InlineData("{$cond: {if: '$n', then: 1, else: 2}}", "2")]
    [InlineData("{$ifNull: ['$n', '$nothing', 9]}", "9")]
    [InlineData("{$switch: {branches: [{case: false, then: 1}, {case: '$a', then: 2}], default: 3}}", "2")]
    [InlineData("{$let: {vars: {x: 2, y: '$a'}, in: {$multiply: ['$$x', '$$y']}}}", "10")]
    [InlineData("{$concat: ['$s', ' ', 'world']}", "'Hello world'")]
    [InlineData("{$concat: ['$s', '$n']}", "null")]
    [InlineData("{$toLower: '$s'}", "'hello'")]
    [InlineData("{$toUpper: '$n'}", "''")]
    [InlineData("{$substrCP: ['h\u00e9llo', 1, 2]}", "'\u00e9l'")]
    [InlineData("{$substrBytes: ['h\u00e9llo', 1, 3]}", "'\u00e9l'")]
    [InlineData("{$substr: ['$s', 1, -1]}", "'ello'")]
    [InlineData("{$strLenCP: '\U0001F600a'}", "2")]
    [InlineData("{$strLenBytes: '\u00e9'}", "2")]
    [InlineData("{$indexOfCP: ['$s', 'l']}", "2")]
    [InlineData("{$indexOfCP: ['$s', 'l', 4]}", "-1")]
    [InlineData("{$split: ['a,b,', ',']}", "['a', 'b', '']")]
    [InlineData("{$trim: {input: '  x '}}", "'x'")]
    [InlineData("{$ltrim: {input: 'xxyx', chars: 'x'}}", "'yx'")]
    [InlineData("{$replaceAll: {input: 'aba', find: 'a', replacement: 'c'}}", "'cbc'")]
    [InlineData("{$replaceOne: {input: 'aba', find: 'a', replacement: 'c'}}", "'cba'")]
    [InlineData("{$regexMatch: {input: '$s', regex: '^h', options: 'i'}}", "true")]
    [InlineData("{$regexFind: {input: '$s', regex: /l(.)/}}", "{match: 'll', idx: 2, captures: ['l']}")]
    [InlineData("{$size: '$r'}", "3")]
    [InlineData("{$arrayElemAt: ['$r', -1]}", "2")]
    [InlineData("{$first: '$r'}", "3")]
    [InlineData("{$last: '$r'}", "2")]
    [InlineData("{$in: [1, '$r']}", "true")]
    [InlineData("{$isArray: ['$r']}", "true")]
    [InlineData("{$concatArrays: ['$r', [9]]}", "[3, 1, 2, 9]")]
    [InlineData("{$slice: ['$r', 2]}", "[3, 1]")]
    [InlineData("{$slice: ['$r', -2]}", "[1, 2]")]
    [InlineData("{$slice: ['$r', 1, 1]}", "[1]")]
    [InlineData("{$range: [0, 10, 3]}", "[0, 3, 6, 9]")]
    [InlineData("{$range: [5, 0, -2]}", "[5, 3, 1]")]
    [InlineData("{$range: [5, 0]}", "[]")]
    [InlineData("{$reverseArray: '$r'}", "[2, 1, 3]")]
    [InlineData("{$sortArray: {input: '$r', sortBy: 1}}", "[1, 2, 3]")]
    [InlineData("{$indexOfArray: ['$r', 2]}", "2")]
    [InlineData("{$filter: {input: '$r', as: 'x', cond: {$gte: ['$$x', 2]}}}", "[3, 2]")]
    [InlineData("{$filter: {input: '$r', cond: true, limit: 1}}", "[3]")]
    [InlineData("{$map: {input: '$r', in: {$add: ['$$this', '$a']}}}", "[8, 6, 7]")]
    [InlineData("{$reduce: {input: '$r', initialValue: 0, in: {$add: ['$$value', '$$this']}}}", "6")]
    [InlineData("{$zip: {inputs: [['a'], '$r'], useLongestLength: true}}", "[['a', 3], [null, 1], [null, 2]]")]
    [InlineData("{$setUnion: ['$r', [1, 4]]}", "[3, 1, 2, 4]")]
    [InlineData("{$setIntersection: ['$r', [2, 3.0]]}", "[3, 2]")]
    [InlineData("{$setDifference: ['$r', [1]]}", "[3, 2]")]
    [InlineData("{$setEquals: ['$r', [1, 2, 3, 3]]}", "true")]
    [InlineData("{$setIsSubset: [[1], '$r']}", "true")]
    [InlineData("{$arrayToObject: [[{k: 'a', v: 1}, {k: 'b', v: 2}]]}", "{a: 1, b: 2}")]
    [InlineData("{$objectToArray: {x: 1}}", "[{k: 'x', v: 1}]")]
    [InlineData("{$mergeObjects: ['$o', {x: 9}, null]}", "{x: 9, y: {z: 2}}")]
    [InlineData("{$getField: {field: 'x', input: '$o'}}", "1")]
    [InlineData("{$setField: {field: {$literal: '$x'}, input: '$$ROOT.o', value: 1}}", "{x: 1, y: {z: 2}, '$x': 1}")]
    [InlineData("{$type: '$r'}", "'array'")]
    [InlineData("{$type: '$nothing'}", "'missing'")]
    [InlineData("{$toString: 1.5}", "'1.5'")]
    [InlineData("{$toString: '$t'}", "'2026-11-23T04:05:06.789Z'")]
    [InlineData("{$toInt: '42'}", "42")]
    [InlineData("{$toInt: 7.9}", "7")]
    [InlineData("{$toLong: '$t'}", "NumberLong('1795406706789')")]
    [InlineData("{$toDouble: '1e3'}", "1000.0")]
    [InlineData("{$toDecimal: 0.1}", "NumberDecimal('0.100000000000000')")]
    [InlineData("{$toBool: 'false'}", "true")]
    [InlineData("{$toDate: NumberLong(0)}", "ISODate('1970-01-01T00:00:00Z')")]
    [InlineData("{$convert: {input: 'x', to: 'int', onError: -1}}", "-1")]
    [InlineData("{$convert: {input: null, to: 'int', onNull: 0}}", "0")]
    [InlineData("{$isNumber: '$a'}", "true")]
    [InlineData("{$year: '$t'}", "2026")]
    [InlineData("{$month: '$t'}", "11")]
    [InlineData("{$dayOfMonth: '$t'}", "23")]
    [InlineData("{$dayOfWeek: '$t'}", "2")]
    [InlineData("{$hour: {date: '$t', timezone: '+05:30'}}", "9")]
    [InlineData("{$hour: {date: '$t', timezone: 'America/New_York'}}", "23")]
    [InlineData("{$week: '$t'}", "47")]
    [InlineData("{$isoWeek: '$t'}", "48")]
    [InlineData("{$dateToString: {date: '$t', format: '%Y/%m/%d %j %H:%M:%S.%L %u %%'}}", "'2026/11/23 327 04:05:06.789 1 %'")]
    [InlineData("{$dateToString: {date: '$t', format: '%H%z', timezone: '-03:00'}}", "'01-0300'")]
    [InlineData("{$sum: '$r'}", "6")]
    [InlineData("{$avg: ['$a', 2]}", "3.5")]
    [InlineData("{$max: '$r'}", "3")]
    public void Evaluates(string expression, string expected) => Print(Evaluate(expression)).Should().Be(Print(Json.Value(expected)));

    [Theory]
    [InlineData("'$nothing'")]
    [InlineData("'$a.b'")]
    [InlineData("'$$REMOVE'")]
    [InlineData("{$arrayElemAt: ['$r', 9]}")]
    public void A_missing_value_is_not_null(string expression) => Evaluate(expression).Should().BeNull();

    [Theory]
    [InlineData("{$function: {body: 'x', args: [], lang: 'js'}}", 115, "CommandNotSupported")]
    [InlineData("{$acos: 2}", 50989, "Location50989")]
    [InlineData("{$bitAnd: [1, 1.5]}", 14, "TypeMismatch")]
    [InlineData("{$dateAdd: {startDate: '$t', unit: 'eon', amount: 1}}", 9, "FailedToParse")]
    [InlineData("{$dateAdd: {startDate: 'x', unit: 'day', amount: 1}}", 16006, "Location16006")]
    [InlineData("{$dateFromString: {dateString: 'nonsense'}}", 241, "ConversionFailure")]
    [InlineData("{$dateFromParts: {year: 0}}", 40523, "Location40523")]
    [InlineData("{$dateTrunc: {date: '$t', unit: 'year', binSize: NumberLong('4611686018427387904')}}", 15, "Overflow")]
    [InlineData("{$dateTrunc: {date: ISODate('1999-01-01T00:00:00Z'), unit: 'year', binSize: 3000}}", 15, "Overflow")]
    [InlineData("{$firstN: {input: '$r', n: -1}}", 5787908, "Location5787908")]
    [InlineData("{$foo: 1}", 168, "InvalidPipelineOperator")]
    [InlineData("{$add: 1, $subtract: 2}", 15983, "Location15983")]
    [InlineData("'$$nope'", 17276, "Location17276")]
    [InlineData("'$'", 16872, "Location16872")]
    [InlineData("{$subtract: [1]}", 16020, "Location16020")]
    [InlineData("{$cond: {if: 1, then: 2}}", 9, "FailedToParse")]
    [InlineData("{$add: ['x', 1]}", 14, "TypeMismatch")]
    [InlineData("{$divide: [1, 0]}", 2, "BadValue")]
    [InlineData("{$mod: [1, 0]}", 16610, "Location16610")]
    [InlineData("{$size: '$a'}", 17124, "Location17124")]
    [InlineData("{$concat: [1]}", 16702, "Location16702")]
    [InlineData("{$in: [1, 2]}", 40081, "Location40081")]
    [InlineData("{$toInt: 'x'}", 241, "ConversionFailure")]
    [InlineData("{$toInt: 3000000000}", 241, "ConversionFailure")]
    [InlineData("{$range: [0, 2147483647]}", 146, "ExceededMemoryLimit")]
    [InlineData("{$switch: {branches: [{case: false, then: 1}]}}", 40066, "Location40066")]
    [InlineData("{$mergeObjects: [1, 2]}", 40400, "Location40400")]
    public void What_MongoDB_refuses_is_refused_with_its_code(string expression, int code, string name)
    {
        var evaluate = () => Evaluate(expression);

        var failure = evaluate.Should().Throw<MongoCommandFailedException>().Which;
        failure.Code.Should().Be(code);
        failure.CodeName.Should().Be(name);
    }

    [Fact]
    public void An_expression_nested_too_deep_is_refused()
    {
        BsonValue expression = 1;
        for (var i = 0; i < 300; i++) expression = new BsonDocument("$abs", expression);

        var parse = () => Expression.Parse(expression);

        parse.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(15);
    }

    [Fact]
    public void Decimal_arithmetic_agrees_with_the_runtimes_decimal() =>
        Gen.Select(Gen.Int, Gen.Int[0, 9], Gen.Int, Gen.Int[0, 9]).Sample((x, xScale, y, yScale) =>
        {
            var left = new decimal(Math.Abs((long)x)) * (x < 0 ? -1 : 1) / (decimal)Math.Pow(10, xScale);
            var right = new decimal(Math.Abs((long)y)) * (y < 0 ? -1 : 1) / (decimal)Math.Pow(10, yScale);
            return Same(DecimalArithmetic.Add(left, right), left + right)
                && Same(DecimalArithmetic.Subtract(left, right), left - right)
                && Same(DecimalArithmetic.Multiply(left, right), left * right)
                && (right == 0 || Same(DecimalArithmetic.Remainder(left, right), left % right))
                && (right == 0 || Math.Abs(Decimal128.ToDecimal(DecimalArithmetic.Divide(left, right)) - (left / right)) <= Math.Abs(left / right) * 1e-26m + 1e-28m);
        });

    private static bool Same(Decimal128 actual, decimal expected) => BsonOrder.AreEqual(new BsonDecimal128(actual), new BsonDecimal128(expected));

    private static BsonValue? Evaluate(string expression)
    {
        var variables = Variables.Of(Now, BsonDocument.Parse("{v: {k: {$add: [3, 4]}}}"));
        return Expression.Parse(Json.Value(expression), variables).Evaluate(Document, variables);
    }

    private static string Print(BsonValue? value) => new BsonDocument("v", value ?? "MISSING").Exact();
}
