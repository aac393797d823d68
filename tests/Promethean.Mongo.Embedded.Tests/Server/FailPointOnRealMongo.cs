namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class FailPointOnRealMongo(RealMongoTarget target) : FailPointFacts<RealMongoTarget>(target);
