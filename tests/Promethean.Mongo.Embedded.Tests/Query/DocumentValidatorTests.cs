using FluentAssertions;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.Validation;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>Manual: "Specify JSON Schema Validation", "Specify Validation With Query Operators", whose error output the cases follow.</summary>
public sealed class DocumentValidatorTests
{
    [Fact]
    public void A_schema_tells_which_properties_failed_and_which_are_missing()
    {
        var validator = DocumentValidator.Parse(BsonDocument.Parse(
            """
            {$jsonSchema: {
              bsonType: 'object', title: 'Student Object Validation', required: ['address', 'name', 'year'],
              properties: {
                name: {bsonType: 'string', description: "'name' must be a string and is required"},
                year: {bsonType: 'int', minimum: 2017, maximum: 3017, description: "'year' must be an integer in [ 2017, 3017 ]"},
                gpa: {bsonType: ['double']}}}}
            """));

        var details = validator.Failure(BsonDocument.Parse("{_id: 1, name: 'Alice', year: 2016, gpa: 3}"))!;

        details.Exact().Should().Be(BsonDocument.Parse(
            """
            {operatorName: '$jsonSchema', title: 'Student Object Validation', schemaRulesNotSatisfied: [
              {operatorName: 'properties', propertiesNotSatisfied: [
                {propertyName: 'year', description: "'year' must be an integer in [ 2017, 3017 ]", details: [
                  {operatorName: 'minimum', specifiedAs: {minimum: 2017}, reason: 'comparison failed', consideredValue: 2016}]},
                {propertyName: 'gpa', details: [
                  {operatorName: 'bsonType', specifiedAs: {bsonType: ['double']}, reason: 'type did not match', consideredValue: 3, consideredType: 'int'}]}]},
              {operatorName: 'required', specifiedAs: {required: ['address', 'name', 'year']}, missingProperties: ['address']}]}
            """).Exact());
    }

    [Theory]
    [InlineData("{minItems: 2}", "[1]", "{operatorName: 'minItems', specifiedAs: {minItems: 2}, reason: 'array did not match specified length', consideredValue: [1], numberOfItems: 1}")]
    [InlineData("{uniqueItems: true}", "[1, 1]", "{operatorName: 'uniqueItems', specifiedAs: {uniqueItems: true}, reason: 'found a duplicate item', consideredValue: [1, 1], duplicatedValue: 1}")]
    [InlineData("{maximum: 1, exclusiveMaximum: true}", "1", "{operatorName: 'maximum', specifiedAs: {maximum: 1, exclusiveMaximum: true}, reason: 'comparison failed', consideredValue: 1}")]
    [InlineData("{multipleOf: 2}", "3", "{operatorName: 'multipleOf', specifiedAs: {multipleOf: 2}, reason: 'considered value is not a multiple of the specified value', consideredValue: 3}")]
    [InlineData("{maxLength: 1}", "'ab'", "{operatorName: 'maxLength', specifiedAs: {maxLength: 1}, reason: 'specified string length was not satisfied', consideredValue: 'ab'}")]
    [InlineData("{pattern: '^b'}", "'ab'", "{operatorName: 'pattern', specifiedAs: {pattern: '^b'}, reason: 'regular expression did not match', consideredValue: 'ab'}")]
    [InlineData("{enum: [1]}", "2", "{operatorName: 'enum', specifiedAs: {enum: [1]}, reason: 'value was not found in enum', consideredValue: 2}")]
    [InlineData("{items: {minimum: 5}}", "[6, 4]", "{operatorName: 'items', reason: 'At least one item did not match the sub-schema', itemIndex: 1, details: [{operatorName: 'minimum', specifiedAs: {minimum: 5}, reason: 'comparison failed', consideredValue: 4}]}")]
    [InlineData("{items: [{minimum: 5}]}", "[4]", "{operatorName: 'items', details: [{itemIndex: 0, details: [{operatorName: 'minimum', specifiedAs: {minimum: 5}, reason: 'comparison failed', consideredValue: 4}]}]}")]
    [InlineData("{items: [], additionalItems: false}", "[4]", "{operatorName: 'additionalItems', specifiedAs: {additionalItems: false}, reason: 'found additional items', additionalItems: [4]}")]
    [InlineData("{minProperties: 2}", "{x: 1}", "{operatorName: 'minProperties', specifiedAs: {minProperties: 2}, reason: 'specified number of properties was not satisfied', numberOfProperties: 1}")]
    [InlineData("{additionalProperties: false}", "{x: 1}", "{operatorName: 'additionalProperties', specifiedAs: {additionalProperties: false}, additionalProperties: ['x']}")]
    [InlineData("{patternProperties: {'^x': {title: 't', minimum: 2}}}", "{x: 1}", "{operatorName: 'patternProperties', details: [{propertyName: 'x', regexMatched: '^x', title: 't', details: [{operatorName: 'minimum', specifiedAs: {minimum: 2}, reason: 'comparison failed', consideredValue: 1}]}]}")]
    [InlineData("{additionalProperties: {minimum: 2}}", "{x: 1}", "{operatorName: 'additionalProperties', reason: 'at least one additional property did not match the subschema', failingProperty: 'x', details: [{operatorName: 'minimum', specifiedAs: {minimum: 2}, reason: 'comparison failed', consideredValue: 1}]}")]
    [InlineData("{dependencies: {x: ['y']}}", "{x: 1}", "{operatorName: 'dependencies', failingDependencies: [{conditionalProperty: 'x', missingProperties: ['y']}]}")]
    [InlineData("{not: {minimum: 1}}", "2", "{operatorName: 'not', reason: 'child expression matched'}")]
    [InlineData("{oneOf: [{minimum: 1}, {maximum: 3}]}", "2", "{operatorName: 'oneOf', reason: 'more than one subschema matched', matchingSchemaIndexes: [0, 1]}")]
    [InlineData("{allOf: [{minimum: 1}, {minimum: 3}]}", "2", "{operatorName: 'allOf', schemasNotSatisfied: [{index: 1, details: [{operatorName: 'minimum', specifiedAs: {minimum: 3}, reason: 'comparison failed', consideredValue: 2}]}]}")]
    [InlineData("{anyOf: [{minimum: 3}]}", "2", "{operatorName: 'anyOf', schemasNotSatisfied: [{index: 0, details: [{operatorName: 'minimum', specifiedAs: {minimum: 3}, reason: 'comparison failed', consideredValue: 2}]}]}")]
    public void Each_keyword_explains_its_failure(string schema, string value, string expected)
    {
        var validator = DocumentValidator.Parse(BsonDocument.Parse($"{{$jsonSchema: {{properties: {{a: {schema}}}}}}}"));

        var details = validator.Failure(BsonDocument.Parse($"{{a: {value}}}"))!;

        details["schemaRulesNotSatisfied"][0]["propertiesNotSatisfied"][0]["details"].Exact().Should().Be(new BsonArray { BsonDocument.Parse(expected) }.Exact());
    }

    [Theory]
    [InlineData("{a: 5}", "{}", "{operatorName: '$eq', specifiedAs: {a: 5}, reason: 'field was missing'}")]
    [InlineData("{a: {$gt: 4}}", "{a: 1}", "{operatorName: '$gt', specifiedAs: {a: {$gt: 4}}, reason: 'comparison failed', consideredValue: 1}")]
    [InlineData("{a: {$gt: 4}}", "{a: [1, 2]}", "{operatorName: '$gt', specifiedAs: {a: {$gt: 4}}, reason: 'comparison failed', consideredValues: [1, 2]}")]
    [InlineData("{a: {$gt: 1, $lt: 5}}", "{a: 9}", "{operatorName: '$and', clausesNotSatisfied: [{index: 1, details: {operatorName: '$lt', specifiedAs: {a: {$lt: 5}}, reason: 'comparison failed', consideredValue: 9}}]}")]
    [InlineData("{a: {$ne: 1}}", "{a: 1}", "{operatorName: '$ne', specifiedAs: {a: {$ne: 1}}, reason: 'comparison succeeded', consideredValue: 1}")]
    [InlineData("{a: {$in: [1]}}", "{a: 2}", "{operatorName: '$in', specifiedAs: {a: {$in: [1]}}, reason: 'no matching value found in array', consideredValue: 2}")]
    [InlineData("{a: {$nin: [1]}}", "{a: 1}", "{operatorName: '$nin', specifiedAs: {a: {$nin: [1]}}, reason: 'matching value found in array', consideredValue: 1}")]
    [InlineData("{a: {$exists: true}}", "{}", "{operatorName: '$exists', specifiedAs: {a: {$exists: true}}, reason: 'path does not exist'}")]
    [InlineData("{a: {$exists: false}}", "{a: 1}", "{operatorName: '$exists', specifiedAs: {a: {$exists: false}}, reason: 'path does exist'}")]
    [InlineData("{a: {$type: 'string'}}", "{a: 1}", "{operatorName: '$type', specifiedAs: {a: {$type: 'string'}}, reason: 'type did not match', consideredValue: 1, consideredType: 'int'}")]
    [InlineData("{a: {$regex: '^b', $options: 'i'}}", "{a: 'x'}", "{operatorName: '$regex', specifiedAs: {a: {$regex: '^b', $options: 'i'}}, reason: 'regular expression did not match', consideredValue: 'x'}")]
    [InlineData("{a: {$size: 1}}", "{a: []}", "{operatorName: '$size', specifiedAs: {a: {$size: 1}}, reason: 'array length was not equal to given size', consideredValue: []}")]
    [InlineData("{a: {$not: {$gt: 5}}}", "{a: 9}", "{operatorName: '$not', details: {operatorName: '$gt', specifiedAs: {a: {$gt: 5}}, reason: 'comparison succeeded', consideredValue: 9}}")]
    [InlineData("{$nor: [{a: 1}, {b: 1}]}", "{a: 1}", "{operatorName: '$nor', clausesSatisfied: [{index: 0, details: {operatorName: '$eq', specifiedAs: {a: 1}, reason: 'comparison succeeded', consideredValue: 1}}]}")]
    [InlineData("{$or: [{a: 1}]}", "{a: 2}", "{operatorName: '$or', clausesNotSatisfied: [{index: 0, details: {operatorName: '$eq', specifiedAs: {a: 1}, reason: 'comparison failed', consideredValue: 2}}]}")]
    [InlineData("{$expr: {$gt: ['$a', '$b']}}", "{a: 1, b: 2}", "{operatorName: '$expr', specifiedAs: {$expr: {$gt: ['$a', '$b']}}, reason: 'expression did not match', expressionResult: false}")]
    [InlineData("{$nor: [{$jsonSchema: {required: ['a']}}]}", "{a: 1}", "{operatorName: '$nor', clausesSatisfied: [{index: 0, details: {operatorName: '$jsonSchema', reason: 'schema matched'}}]}")]
    [InlineData("{$jsonSchema: {bsonType: 'string'}}", "{}", "{operatorName: '$jsonSchema', specifiedAs: {$jsonSchema: {bsonType: 'string'}}, reason: 'expression always evaluates to false'}")]
    [InlineData("{'a.b': 1}", "{a: [{b: 2}, {b: 3}, {c: 1}]}", "{operatorName: '$eq', specifiedAs: {'a.b': 1}, reason: 'comparison failed', consideredValues: [2, 3]}")]
    public void Each_operator_explains_its_failure(string filter, string document, string expected)
    {
        var validator = DocumentValidator.Parse(BsonDocument.Parse(filter));

        validator.Failure(BsonDocument.Parse(document))!.Exact().Should().Be(BsonDocument.Parse(expected).Exact());
    }

    [Fact]
    public void A_document_that_fails_is_refused_with_121_and_its_id()
    {
        var validator = DocumentValidator.Parse(BsonDocument.Parse("{a: {$gt: 4}}"));

        validator.Invoking(v => v.Check(BsonDocument.Parse("{_id: 7, a: 5}"))).Should().NotThrow();
        var failure = validator.Invoking(v => v.Check(BsonDocument.Parse("{_id: 7, a: 1}"))).Should().Throw<MongoCommandFailedException>().Which;
        failure.Code.Should().Be(121);
        failure.CodeName.Should().Be("DocumentValidationFailure");
        failure.Details!["errInfo"]["failingDocumentId"].AsInt32.Should().Be(7);
        failure.Details["errInfo"]["details"]["operatorName"].AsString.Should().Be("$gt");
    }

    [Fact]
    public void A_malformed_validator_is_refused()
    {
        var parsing = () => DocumentValidator.Parse(BsonDocument.Parse("{a: {$foo: 1}}"));

        parsing.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(2);
    }
}
