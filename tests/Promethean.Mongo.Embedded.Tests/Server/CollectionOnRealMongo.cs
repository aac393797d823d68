namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CollectionOnRealMongo(RealMongoTarget target) : CollectionFacts<RealMongoTarget>(target);
