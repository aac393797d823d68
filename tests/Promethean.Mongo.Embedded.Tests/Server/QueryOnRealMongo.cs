namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class QueryOnRealMongo(RealMongoTarget target) : QueryFacts<RealMongoTarget>(target);
