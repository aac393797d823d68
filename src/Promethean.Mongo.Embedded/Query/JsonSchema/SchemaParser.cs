using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

namespace Promethean.Mongo.Embedded.Query.JsonSchema;

/// <summary>
/// Reads a schema. The rules stand in the order in which MongoDB reports them: strings and numbers, arrays, objects, combinations,
/// and the type last.
/// </summary>
internal sealed class SchemaParser
{
    private readonly SchemaKeywords _keywords;
    private readonly List<SchemaRule> _rules = [];

    private SchemaParser(BsonDocument schema) => _keywords = new SchemaKeywords(schema);

    public static Schema Parse(BsonDocument schema)
    {
        var parser = new SchemaParser(schema);
        parser.AddScalarRules();
        parser.AddArrayRules();
        parser.AddObjectRules();
        parser.AddLogicalRules();
        parser.AddTypeRule();
        return new Schema([.. parser._rules], parser.Annotations());
    }

    private static Schema Parse(string keyword, BsonValue value) => value is BsonDocument schema
        ? Parse(schema)
        : throw MongoCommandFailedException.TypeMismatch($"Nested schema for $jsonSchema property '{keyword}' must be an object");

    private BsonElement[] Annotations()
    {
        var annotations = new List<BsonElement>();
        foreach (var name in (string[])["title", "description"])
        {
            if (_keywords.Has<BsonString>(name, "of type string", out _)) annotations.Add(_keywords.Element(name));
        }

        return [.. annotations];
    }

    private void AddScalarRules()
    {
        if (_keywords.Has<BsonString>("pattern", "a string", out _)) _rules.Add(new PatternRule(_keywords.Element("pattern")));
        if (_keywords.HasCount("maxLength", out var longest)) _rules.Add(new LengthRule(_keywords.Element("maxLength"), longest, isMinimum: false));
        if (_keywords.HasCount("minLength", out var shortest)) _rules.Add(new LengthRule(_keywords.Element("minLength"), shortest, isMinimum: true));
        if (_keywords["multipleOf"] is { } divisor)
        {
            if (!Numbers.IsNumber(divisor)) throw MongoCommandFailedException.TypeMismatch("$jsonSchema keyword 'multipleOf' must be a number");
            if (BsonOrder.Compare(divisor, new BsonInt32(0)) <= 0) throw MongoCommandFailedException.FailedToParse("$jsonSchema keyword 'multipleOf' must have a positive value");
            _rules.Add(new MultipleRule(_keywords.Element("multipleOf")));
        }

        AddBound("maximum", "exclusiveMaximum", isMinimum: false);
        AddBound("minimum", "exclusiveMinimum", isMinimum: true);
    }

    private void AddBound(string name, string exclusive, bool isMinimum)
    {
        var hasExclusive = _keywords.Has<BsonBoolean>(exclusive, "a boolean", out _);
        if (_keywords[name] is not { } bound)
        {
            if (hasExclusive) throw MongoCommandFailedException.FailedToParse($"$jsonSchema keyword '{name}' must be a present if {exclusive} is present");
            return;
        }

        if (!Numbers.IsNumber(bound)) throw MongoCommandFailedException.TypeMismatch($"$jsonSchema keyword '{name}' must be a number");
        _rules.Add(new BoundRule(_keywords.Element(name), hasExclusive ? _keywords.Element(exclusive) : null, isMinimum));
    }

    private void AddArrayRules()
    {
        if (_keywords.HasCount("minItems", out var least)) _rules.Add(new ItemCountRule(_keywords.Element("minItems"), least, isMinimum: true));
        if (_keywords.HasCount("maxItems", out var most)) _rules.Add(new ItemCountRule(_keywords.Element("maxItems"), most, isMinimum: false));
        if (_keywords.Has<BsonBoolean>("uniqueItems", "a boolean", out var unique) && unique.Value) _rules.Add(new UniqueItemsRule(_keywords.Element("uniqueItems")));
        switch (_keywords["items"])
        {
            case null:
                AddAdditionalItems(null);
                break;
            case BsonDocument items:
                _rules.Add(new ItemsRule("items", Parse(items), 0, "At least one item did not match the sub-schema"));
                AddAdditionalItems(null);
                break;
            case BsonArray tuple:
                _rules.Add(new TupleRule([.. tuple.Select(item => Parse("items", item))]));
                AddAdditionalItems(tuple.Count);
                break;
            default:
                throw MongoCommandFailedException.TypeMismatch("$jsonSchema keyword 'items' must be an array or an object");
        }
    }

    // Without a list of items there is nothing that items could be additional to.
    private void AddAdditionalItems(int? from)
    {
        switch (_keywords["additionalItems"])
        {
            case null or BsonBoolean { Value: true }:
                break;
            case BsonBoolean:
                if (from is { } count) _rules.Add(new NoMoreItemsRule(_keywords.Element("additionalItems"), count));
                break;
            case BsonDocument document:
                var schema = Parse(document);
                if (from is { } start) _rules.Add(new ItemsRule("additionalItems", schema, start, "At least one additional item did not match the sub-schema"));
                break;
            default:
                throw MongoCommandFailedException.TypeMismatch("$jsonSchema keyword 'additionalItems' must be an object or a boolean");
        }
    }

    private void AddObjectRules()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (_keywords.Has<BsonDocument>("properties", "an object", out var properties))
        {
            names.UnionWith(properties.Names);
            _rules.Add(new PropertiesRule([.. properties.Select(property => KeyValuePair.Create(property.Name, Parse(property.Name, property.Value)))]));
        }

        PatternPropertiesRule? patterns = null;
        if (_keywords.Has<BsonDocument>("patternProperties", "an object", out var byPattern))
        {
            patterns = new PatternPropertiesRule([.. byPattern.Select(pattern =>
                KeyValuePair.Create(MongoRegex.Compile(new BsonRegularExpression(pattern.Name)), Parse(pattern.Name, pattern.Value)))]);
            _rules.Add(patterns);
        }

        switch (_keywords["additionalProperties"])
        {
            case null or BsonBoolean { Value: true }:
                break;
            case BsonBoolean:
                _rules.Add(new AdditionalPropertiesRule(names, patterns, null));
                break;
            case BsonDocument schema:
                _rules.Add(new AdditionalPropertiesRule(names, patterns, Parse(schema)));
                break;
            default:
                throw MongoCommandFailedException.TypeMismatch("$jsonSchema keyword 'additionalProperties' must be an object or a boolean");
        }

        if (_keywords.Has<BsonArray>("required", "an array", out var required)) _rules.Add(new RequiredRule(SchemaKeywords.Names("required", required)));
        if (_keywords.HasCount("minProperties", out var least)) _rules.Add(new PropertyCountRule(_keywords.Element("minProperties"), least, isMinimum: true));
        if (_keywords.HasCount("maxProperties", out var most)) _rules.Add(new PropertyCountRule(_keywords.Element("maxProperties"), most, isMinimum: false));
        AddDependencies();
    }

    private void AddDependencies()
    {
        if (!_keywords.Has<BsonDocument>("dependencies", "an object", out var dependencies)) return;
        var fields = new List<KeyValuePair<string, string[]>>();
        var schemas = new List<KeyValuePair<string, Schema>>();
        foreach (var dependency in dependencies)
        {
            switch (dependency.Value)
            {
                case BsonArray names:
                    fields.Add(new(dependency.Name, SchemaKeywords.Names("dependencies", names)));
                    break;
                case BsonDocument schema:
                    schemas.Add(new(dependency.Name, Parse(schema)));
                    break;
                default:
                    throw MongoCommandFailedException.TypeMismatch(
                        $"$jsonSchema keyword 'dependencies' elements must be an object or an array, but found an element of type: {BsonTypeNames.Of(dependency.Value.BsonType)}");
            }
        }

        _rules.Add(new DependenciesRule([.. fields], [.. schemas]));
    }

    private void AddLogicalRules()
    {
        if (ParseList("allOf") is { } all) _rules.Add(new AllOfRule(all));
        if (ParseList("anyOf") is { } any) _rules.Add(new AnyOfRule(any));
        if (ParseList("oneOf") is { } one) _rules.Add(new OneOfRule(one));
        if (_keywords.Has<BsonDocument>("not", "an object", out var not)) _rules.Add(new NotRule(Parse(not)));
        if (!_keywords.Has<BsonArray>("enum", "an array", out var values)) return;
        if (values.Count == 0) throw MongoCommandFailedException.FailedToParse("$jsonSchema keyword 'enum' cannot be an empty array");
        if (SchemaValues.FirstDuplicate(values) is not null) throw MongoCommandFailedException.FailedToParse("$jsonSchema keyword 'enum' array cannot contain duplicate values");
        _rules.Add(new EnumRule(_keywords.Element("enum")));
    }

    private Schema[]? ParseList(string keyword)
    {
        if (!_keywords.Has<BsonArray>(keyword, "an array", out var schemas)) return null;
        return schemas.Count > 0
            ? [.. schemas.Select(schema => Parse(keyword, schema))]
            : throw MongoCommandFailedException.BadValue($"$jsonSchema keyword '{keyword}' must be a non-empty array");
    }

    private void AddTypeRule()
    {
        var name = _keywords["bsonType"] is null ? "type" : "bsonType";
        if (_keywords[name] is not { } value) return;
        if (name == "bsonType" && _keywords["type"] is not null)
        {
            throw MongoCommandFailedException.FailedToParse("Cannot specify both $jsonSchema keywords 'type' and 'bsonType'");
        }

        var aliases = value switch
        {
            BsonString alias => [alias.Value],
            BsonArray several => SchemaKeywords.Names(name, several),
            _ => throw MongoCommandFailedException.TypeMismatch($"$jsonSchema keyword '{name}' must be either a string or an array of strings"),
        };
        var types = new HashSet<BsonType>();
        foreach (var alias in aliases)
        {
            if (alias == "integer") throw MongoCommandFailedException.FailedToParse("$jsonSchema type 'integer' is not currently supported.");
            if (alias == "number") types.UnionWith([BsonType.Int32, BsonType.Int64, BsonType.Double, BsonType.Decimal128]);
            else types.Add((name == "type" ? JsonType(alias) : BsonTypeNames.Parse(alias)) ?? throw MongoCommandFailedException.BadValue($"Unknown type name alias: {alias}"));
        }

        _rules.Add(new TypeRule(_keywords.Element(name), types));
    }

    private static BsonType? JsonType(string alias) => alias switch
    {
        "array" => BsonType.Array,
        "boolean" => BsonType.Boolean,
        "null" => BsonType.Null,
        "object" => BsonType.Document,
        "string" => BsonType.String,
        _ => null,
    };
}
