using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Validators of collections: "Schema Validation", "create" and "collMod" in MongoDB's manual.</summary>
[Trait("Category", "Integration")]
public abstract class ValidationFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_way_to_write_is_refused_with_121_and_leaves_nothing_behind()
    {
        var collection = await CreateAsync("{ validator: { n: { $gt: 0 } } }");
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, n: 1 }"), cancellationToken: Cancel);

        var refused = new List<int>
        {
            await CodeOfAsync(() => collection.InsertOneAsync(BsonDocument.Parse("{ _id: 2, n: 0 }"), cancellationToken: Cancel)),
            await CodeOfAsync(() => collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { n: -1 } }", cancellationToken: Cancel)),
            await CodeOfAsync(() => collection.ReplaceOneAsync("{ _id: 1 }", BsonDocument.Parse("{ m: 1 }"), cancellationToken: Cancel)),
            await CodeOfAsync(() => collection.UpdateOneAsync("{ _id: 3 }", "{ $set: { n: -1 } }", new UpdateOptions { IsUpsert = true }, Cancel)),
            await CodeOfAsync(() => collection.FindOneAndUpdateAsync<BsonDocument>("{ _id: 1 }", "{ $set: { n: -1 } }", cancellationToken: Cancel)),
        };

        refused.Should().AllBeEquivalentTo(121);
        (await collection.Find("{}").ToListAsync(Cancel)).Should().Equal(BsonDocument.Parse("{ _id: 1, n: 1 }"));
    }

    [Fact]
    public async Task The_error_tells_the_document_and_the_reason()
    {
        var collection = await CreateAsync("{ validator: { n: { $gt: 0 } } }");

        var failure = (await collection.Awaiting(c => c.InsertOneAsync(BsonDocument.Parse("{ _id: 2, n: 0 }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>()).Which;

        failure.WriteError.Message.Should().Be("Document failed validation");
        failure.WriteError.Details["failingDocumentId"].AsInt32.Should().Be(2);
        failure.WriteError.Details["details"].AsBsonDocument.Contains("operatorName").Should().BeTrue();
    }

    [Fact]
    public async Task A_schema_tells_which_of_its_rules_are_broken()
    {
        var collection = await CreateAsync("{ validator: { $jsonSchema: { bsonType: 'object', required: ['name'], properties: { n: { bsonType: 'int', minimum: 0 } } } } }");
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, name: 'x', n: 3 }"), cancellationToken: Cancel);

        var failure = (await collection.Awaiting(c => c.InsertOneAsync(BsonDocument.Parse("{ _id: 2, n: -1 }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>()).Which;

        var details = failure.WriteError.Details["details"].AsBsonDocument;
        details["operatorName"].AsString.Should().Be("$jsonSchema");
        details["schemaRulesNotSatisfied"].AsBsonArray.Select(rule => rule["operatorName"].AsString).Should().BeEquivalentTo("properties", "required");
    }

    [Fact]
    public async Task An_expression_may_compare_with_the_time_of_the_command()
    {
        var collection = await CreateAsync("{ validator: { $expr: { $lt: ['$at', '$$NOW'] } } }");

        await collection.InsertOneAsync(new BsonDocument("at", new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc)), cancellationToken: Cancel);

        (await CodeOfAsync(() => collection.InsertOneAsync(new BsonDocument("at", new DateTime(2999, 1, 1, 0, 0, 0, DateTimeKind.Utc)), cancellationToken: Cancel))).Should().Be(121);
    }

    [Fact]
    public async Task A_write_may_ask_to_bypass_validation()
    {
        var collection = await CreateAsync("{ validator: { n: { $gt: 0 } } }");

        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 2, n: 0 }"), new InsertOneOptions { BypassDocumentValidation = true }, Cancel);
        await collection.UpdateOneAsync("{ _id: 2 }", "{ $set: { n: -1 } }", new UpdateOptions { BypassDocumentValidation = true }, Cancel);

        (await collection.Find("{}").SingleAsync(Cancel))["n"].AsInt32.Should().Be(-1);
    }

    [Theory]
    [InlineData("strict", 121, 121)]
    [InlineData("moderate", 0, 121)]
    [InlineData("off", 0, 0)]
    public async Task The_level_decides_about_documents_that_did_not_fit_before(string level, int updateOfMisfit, int insert)
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, n: -5 }"), cancellationToken: Cancel);
        await ModifyAsync(collection, $"{{ validator: {{ n: {{ $gt: 0 }} }}, validationLevel: '{level}' }}");

        var updated = await CodeOfAsync(() => collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { n: -6 } }", cancellationToken: Cancel));
        var inserted = await CodeOfAsync(() => collection.InsertOneAsync(BsonDocument.Parse("{ _id: 2, n: -1 }"), cancellationToken: Cancel));

        (updated, inserted).Should().Be((updateOfMisfit, insert));
    }

    [Fact]
    public async Task Moderate_holds_documents_that_fit_before_to_the_rule()
    {
        var collection = await CreateAsync("{ validator: { n: { $gt: 0 } }, validationLevel: 'moderate' }");
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, n: 1 }"), cancellationToken: Cancel);

        (await CodeOfAsync(() => collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { n: -6 } }", cancellationToken: Cancel))).Should().Be(121);
    }

    [Fact]
    public async Task The_action_warn_lets_every_document_in()
    {
        var collection = await CreateAsync("{ validator: { n: { $gt: 0 } }, validationAction: 'warn' }");

        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, n: -1 }"), cancellationToken: Cancel);

        (await collection.Find("{}").ToListAsync(Cancel)).Should().ContainSingle();
    }

    [Fact]
    public async Task An_empty_validator_takes_the_rule_away()
    {
        var collection = await CreateAsync("{ validator: { n: { $gt: 0 } } }");

        await ModifyAsync(collection, "{ validator: {} }");

        (await CodeOfAsync(() => collection.InsertOneAsync(BsonDocument.Parse("{ n: -1 }"), cancellationToken: Cancel))).Should().Be(0);
    }

    [Fact]
    public async Task A_malformed_validator_is_refused_when_it_is_set() =>
        (await CodeOfAsync(() => CreateAsync("{ validator: { n: { $noSuchOperator: 0 } } }"))).Should().Be(2);

    private async Task<IMongoCollection<BsonDocument>> CreateAsync(string options)
    {
        var collection = target.NewCollection();
        await collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument("create", collection.CollectionNamespace.CollectionName).Merge(BsonDocument.Parse(options)), cancellationToken: Cancel);
        return collection;
    }

    private static Task<BsonDocument> ModifyAsync(IMongoCollection<BsonDocument> collection, string options) =>
        collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument("collMod", collection.CollectionNamespace.CollectionName).Merge(BsonDocument.Parse(options)), cancellationToken: Cancel);

    private static async Task<int> CodeOfAsync(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (MongoWriteException failure)
        {
            return failure.WriteError.Code;
        }
        catch (MongoCommandException refused)
        {
            return refused.Code;
        }
    }
}
