namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class ValidationOnRealMongo(RealMongoTarget target) : ValidationFacts<RealMongoTarget>(target);
