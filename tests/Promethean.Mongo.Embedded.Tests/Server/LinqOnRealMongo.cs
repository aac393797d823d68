namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class LinqOnRealMongo(RealMongoTarget target) : LinqFacts<RealMongoTarget>(target);
