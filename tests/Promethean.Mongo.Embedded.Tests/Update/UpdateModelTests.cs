using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Tests.Bson;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Tests.Update;

/// <summary>Random updates against a model that knows documents as flat maps from path to value (manual: "Update Operators").</summary>
public sealed class UpdateModelTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Gen<string> Path = Gen.OneOf("a", "b", "c.x", "c.y", "d.x.z", "d.y");

    private static readonly Gen<BsonValue> Number = Gen.Int[-5, 5].Select(i => (BsonValue)i);

    private static readonly Gen<(string Operator, string Path, BsonValue Value)> Change = Gen.OneOf(
        Gen.Select(Gen.OneOf("$set", "$inc", "$mul", "$min", "$max", "$unset"), Path, Number),
        Gen.Select(Gen.OneOf("$push", "$addToSet", "$pull"), Gen.OneOf("l", "m.l"), Number));

    [Fact]
    public void Sequences_of_updates_leave_what_the_model_has() =>
        Change.Array[1, 4].Array[1, 8].Sample(
            updates =>
            {
                var document = new BsonDocument();
                var model = new SortedDictionary<string, BsonValue>(StringComparer.Ordinal);
                foreach (var changes in updates.Select(all => all.DistinctBy(change => change.Path)))
                {
                    var update = new BsonDocument();
                    foreach (var (name, path, value) in changes)
                    {
                        update[name] = update.GetValue(name, new BsonDocument()).AsBsonDocument.Add(path, value);
                        Model(model, name, path, value);
                    }

                    document = UpdateOperation.Parse(update).Apply(document, new UpdateContext(Now));
                }

                var flat = new SortedDictionary<string, BsonValue>(StringComparer.Ordinal);
                Flatten(document, string.Empty, flat);
                return flat.SequenceEqual(model);
            },
            iter: 20_000);

    [Fact]
    public void Any_update_of_any_document_succeeds_or_is_refused_with_a_code() =>
        Gen.Select(
            Gen.OneOf([.. UpdateOperators.Names]),
            Gen.OneOf("a", "b.c", "a.0", "a.$[]", "a.$[].b", "c.1.d", "a.$", "d"),
            BsonValues.Any,
            BsonValues.Document(BsonValues.Any)).Sample(
            (name, path, operand, document) =>
            {
                var before = document.Exact();
                try
                {
                    UpdateOperation.Parse(new BsonDocument(name, new BsonDocument(path, operand))).Apply(document, new UpdateContext(Now));
                }
                catch (MongoCommandFailedException failure)
                {
                    failure.Code.Should().BePositive();
                }

                return document.Exact() == before;
            },
            iter: 20_000);

    private static void Model(SortedDictionary<string, BsonValue> model, string name, string path, BsonValue value)
    {
        var current = model.GetValueOrDefault(path);
        var number = Numbers.IsNumber(current) ? current!.ToInt64() : 0;
        switch (name)
        {
            case "$set":
                model[path] = value;
                break;
            case "$unset":
                model.Remove(path);
                break;
            case "$inc":
                model[path] = Narrow(number + value.AsInt32, current);
                break;
            case "$mul":
                model[path] = Narrow(number * value.AsInt32, current);
                break;
            case "$min":
                if (current is null || BsonOrder.Compare(value, current) < 0) model[path] = value;
                break;
            case "$max":
                if (current is null || BsonOrder.Compare(value, current) > 0) model[path] = value;
                break;
            case "$push":
                model[path] = new BsonArray((current?.AsBsonArray ?? []).Append(value));
                break;
            case "$addToSet":
                if (current?.AsBsonArray.Contains(value) != true) model[path] = new BsonArray((current?.AsBsonArray ?? []).Append(value));
                break;
            case "$pull":
                if (current is not null) model[path] = new BsonArray(current.AsBsonArray.Where(item => item != value));
                break;
        }
    }

    private static BsonValue Narrow(long value, BsonValue? current) =>
        current is not BsonInt64 && value == (int)value ? new BsonInt32((int)value) : new BsonInt64(value);

    private static void Flatten(BsonDocument document, string prefix, SortedDictionary<string, BsonValue> flat)
    {
        foreach (var element in document)
        {
            if (element.Value is BsonDocument inner) Flatten(inner, $"{prefix}{element.Name}.", flat);
            else flat[prefix + element.Name] = element.Value;
        }
    }
}
