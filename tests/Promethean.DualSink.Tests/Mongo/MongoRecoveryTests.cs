namespace Promethean.DualSink.Tests;

[Trait("Category", "Integration")]
public sealed class MongoRecoveryTests(MongoFixture mongo) : RecoveryFacts, IClassFixture<MongoFixture>
{
    internal override Task<Stores> OpenAsync() => Stores.OpenAsync(new MongoSinkLedger(mongo.Collection(), "chroma"));
}
