namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class TogetherOnRealMongo(RealMongoTarget target) : TogetherFacts<RealMongoTarget>(target);
