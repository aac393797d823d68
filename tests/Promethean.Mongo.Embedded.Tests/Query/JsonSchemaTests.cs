using FluentAssertions;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>Manual: "$jsonSchema", with its table of keywords.</summary>
public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("{}", "{a: 1}")]
    [InlineData("{bsonType: 'object'}", "{}")]
    [InlineData("{type: 'object', title: 't', description: 'd'}", "{}")]
    [InlineData("{required: ['a']}", "{a: null}")]
    [InlineData("{properties: {a: {bsonType: 'int'}}}", "{}")]
    [InlineData("{properties: {a: {bsonType: 'int'}}}", "{a: 1}")]
    [InlineData("{properties: {a: {bsonType: ['int', 'string']}}}", "{a: 'x'}")]
    [InlineData("{properties: {a: {bsonType: 'number'}}}", "{a: NumberDecimal('1.5')}")]
    [InlineData("{properties: {a: {type: 'number'}}}", "{a: NumberLong(1)}")]
    [InlineData("{properties: {a: {type: 'boolean'}}}", "{a: true}")]
    [InlineData("{properties: {'a.b': {type: 'boolean'}}}", "{a: {b: 1}}")]
    [InlineData("{properties: {a: {minimum: 1}}}", "{a: 1}")]
    [InlineData("{properties: {a: {minimum: 1}}}", "{a: 'not a number'}")]
    [InlineData("{properties: {a: {maximum: 1, exclusiveMaximum: false}}}", "{a: 1.0}")]
    [InlineData("{properties: {a: {multipleOf: 0.1}}}", "{a: 0.3}")]
    [InlineData("{properties: {a: {multipleOf: 3}}}", "{a: NumberLong(9)}")]
    [InlineData("{properties: {a: {minLength: 2, maxLength: 2}}}", "{a: '\\ud83d\\ude00x'}")]
    [InlineData("{properties: {a: {pattern: 'b'}}}", "{a: 'abc'}")]
    [InlineData("{properties: {a: {enum: [1, {x: 1, y: 2}]}}}", "{a: {y: 2, x: 1.0}}")]
    [InlineData("{properties: {a: {minItems: 1, maxItems: 2}}}", "{a: [1, 2]}")]
    [InlineData("{properties: {a: {uniqueItems: true}}}", "{a: [1, '1', [1]]}")]
    [InlineData("{properties: {a: {uniqueItems: false}}}", "{a: [1, 1]}")]
    [InlineData("{properties: {a: {items: {bsonType: 'int'}}}}", "{a: [1, 2]}")]
    [InlineData("{properties: {a: {items: [{bsonType: 'int'}], additionalItems: {bsonType: 'string'}}}}", "{a: [1, 'x', 'y']}")]
    [InlineData("{properties: {a: {items: {bsonType: 'int'}, additionalItems: false}}}", "{a: [1, 2, 3]}")]
    [InlineData("{properties: {a: {additionalItems: false}}}", "{a: [1, 2, 3]}")]
    [InlineData("{patternProperties: {'^s_': {bsonType: 'string'}}}", "{s_a: 'x', i: 1}")]
    [InlineData("{properties: {_id: {}, a: {}}, patternProperties: {'^s_': {}}, additionalProperties: false}", "{_id: 1, a: 1, s_1: 1}")]
    [InlineData("{additionalProperties: {bsonType: 'int'}}", "{a: 1, b: 2}")]
    [InlineData("{minProperties: 1, maxProperties: 2}", "{a: 1, b: 1}")]
    [InlineData("{dependencies: {a: ['b']}}", "{c: 1}")]
    [InlineData("{dependencies: {a: ['b']}}", "{a: 1, b: 1}")]
    [InlineData("{dependencies: {a: {properties: {b: {bsonType: 'int'}}}}}", "{a: 1, b: 2}")]
    [InlineData("{allOf: [{required: ['a']}, {required: ['b']}]}", "{a: 1, b: 1}")]
    [InlineData("{anyOf: [{required: ['a']}, {required: ['b']}]}", "{b: 1}")]
    [InlineData("{oneOf: [{required: ['a']}, {required: ['b']}]}", "{b: 1}")]
    [InlineData("{not: {required: ['a']}}", "{b: 1}")]
    [InlineData("{properties: {a: {bsonType: 'object', required: ['b'], properties: {b: {bsonType: 'array'}}}}}", "{a: {b: []}}")]
    public void A_document_meets_the_schema(string schema, string document) => Matches(schema, document).Should().BeTrue();

    [Theory]
    [InlineData("{bsonType: 'string'}", "{}")]
    [InlineData("{required: ['a']}", "{b: 1}")]
    [InlineData("{properties: {a: {bsonType: 'int'}}}", "{a: NumberLong(1)}")]
    [InlineData("{properties: {a: {bsonType: 'int'}}}", "{a: [1]}")]
    [InlineData("{properties: {a: {bsonType: 'int'}}}", "{a: null}")]
    [InlineData("{properties: {a: {type: 'string'}}}", "{a: 1}")]
    [InlineData("{properties: {a: {minimum: 1, exclusiveMinimum: true}}}", "{a: 1}")]
    [InlineData("{properties: {a: {minimum: 1}}}", "{a: NaN}")]
    [InlineData("{properties: {a: {maximum: 1}}}", "{a: NumberDecimal('1.000000000000000001')}")]
    [InlineData("{properties: {a: {multipleOf: 3}}}", "{a: 10}")]
    [InlineData("{properties: {a: {maxLength: 1}}}", "{a: 'xx'}")]
    [InlineData("{properties: {a: {pattern: '^b'}}}", "{a: 'abc'}")]
    [InlineData("{properties: {a: {enum: [1, 2]}}}", "{a: [1]}")]
    [InlineData("{properties: {a: {minItems: 1}}}", "{a: []}")]
    [InlineData("{properties: {a: {uniqueItems: true}}}", "{a: [1, 2, 1.0]}")]
    [InlineData("{properties: {a: {uniqueItems: true}}}", "{a: [{x: 1, y: 2}, {y: 2, x: 1}]}")]
    [InlineData("{properties: {a: {items: {bsonType: 'int'}}}}", "{a: [1, 'x']}")]
    [InlineData("{properties: {a: {items: [{bsonType: 'int'}], additionalItems: false}}}", "{a: [1, 2]}")]
    [InlineData("{properties: {a: {items: [{bsonType: 'int'}, {bsonType: 'string'}]}}}", "{a: [1, 2]}")]
    [InlineData("{patternProperties: {'^s_': {bsonType: 'string'}}}", "{s_a: 1}")]
    [InlineData("{properties: {a: {}}, additionalProperties: false}", "{_id: 1, a: 1}")]
    [InlineData("{additionalProperties: {bsonType: 'int'}}", "{a: 1, b: 'x'}")]
    [InlineData("{minProperties: 2}", "{a: 1}")]
    [InlineData("{dependencies: {a: ['b']}}", "{a: 1}")]
    [InlineData("{dependencies: {a: {required: ['b']}}}", "{a: 1}")]
    [InlineData("{allOf: [{required: ['a']}, {required: ['b']}]}", "{a: 1}")]
    [InlineData("{anyOf: [{required: ['a']}, {required: ['b']}]}", "{c: 1}")]
    [InlineData("{oneOf: [{required: ['a']}, {required: ['b']}]}", "{a: 1, b: 1}")]
    [InlineData("{not: {required: ['a']}}", "{a: 1}")]
    public void A_document_breaks_the_schema(string schema, string document) => Matches(schema, document).Should().BeFalse();

    [Theory]
    [InlineData("{foo: 1}", 9)]
    [InlineData("{properties: {a: {foo: 1}}}", 9)]
    [InlineData("{$ref: 'x'}", 9)]
    [InlineData("{format: 'date'}", 9)]
    [InlineData("{encrypt: {}}", 9)]
    [InlineData("{type: 'integer'}", 9)]
    [InlineData("{type: 'int'}", 2)]
    [InlineData("{bsonType: 'text'}", 2)]
    [InlineData("{type: 'object', bsonType: 'object'}", 9)]
    [InlineData("{type: 1}", 14)]
    [InlineData("{required: []}", 9)]
    [InlineData("{required: ['a', 'a']}", 9)]
    [InlineData("{required: 'a'}", 14)]
    [InlineData("{required: [1]}", 14)]
    [InlineData("{properties: {a: 1}}", 14)]
    [InlineData("{properties: []}", 14)]
    [InlineData("{minimum: 'x'}", 14)]
    [InlineData("{exclusiveMinimum: true}", 9)]
    [InlineData("{minimum: 1, exclusiveMinimum: 1}", 14)]
    [InlineData("{minLength: -1}", 9)]
    [InlineData("{minLength: 'x'}", 14)]
    [InlineData("{multipleOf: 0}", 9)]
    [InlineData("{uniqueItems: 1}", 14)]
    [InlineData("{items: 1}", 14)]
    [InlineData("{enum: []}", 9)]
    [InlineData("{enum: [1, 1.0]}", 9)]
    [InlineData("{allOf: []}", 2)]
    [InlineData("{allOf: [1]}", 14)]
    [InlineData("{not: 1}", 14)]
    [InlineData("{title: 1}", 14)]
    [InlineData("{pattern: '('}", 51091)]
    [InlineData("{dependencies: {a: 1}}", 14)]
    [InlineData("{dependencies: {a: []}}", 9)]
    public void A_malformed_schema_is_refused(string schema, int code)
    {
        var parsing = () => DocumentFilter.Parse(new BsonDocument("$jsonSchema", BsonDocument.Parse(schema)));

        parsing.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(code);
    }

    [Fact]
    public void A_schema_stands_beside_other_conditions()
    {
        var filter = DocumentFilter.Parse(BsonDocument.Parse("{$or: [{$jsonSchema: {required: ['a']}}, {b: 1}], c: 1}"));

        filter.Matches(BsonDocument.Parse("{a: 5, c: 1}")).Should().BeTrue();
        filter.Matches(BsonDocument.Parse("{b: 1, c: 1}")).Should().BeTrue();
        filter.Matches(BsonDocument.Parse("{c: 1}")).Should().BeFalse();
    }

    private static bool Matches(string schema, string document) =>
        DocumentFilter.Parse(new BsonDocument("$jsonSchema", BsonDocument.Parse(schema))).Matches(BsonDocument.Parse(document));
}
