namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class StageBuilderOnRealMongo(RealMongoTarget target) : StageBuilderFacts<RealMongoTarget>(target);
