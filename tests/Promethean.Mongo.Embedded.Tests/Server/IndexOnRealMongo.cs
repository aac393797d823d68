namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class IndexOnRealMongo(RealMongoTarget target) : IndexFacts<RealMongoTarget>(target);
