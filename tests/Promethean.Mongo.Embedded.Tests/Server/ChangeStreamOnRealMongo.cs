namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class ChangeStreamOnRealMongo(RealMongoTarget target) : ChangeStreamFacts<RealMongoTarget>(target);
