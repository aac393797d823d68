namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class AggregationOnRealMongo(RealMongoTarget target) : AggregationFacts<RealMongoTarget>(target);
