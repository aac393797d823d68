namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class TransactionOnRealMongo(RealMongoTarget target) : TransactionFacts<RealMongoTarget>(target);
