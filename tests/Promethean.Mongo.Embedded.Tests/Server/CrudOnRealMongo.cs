namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CrudOnRealMongo(RealMongoTarget target) : CrudFacts<RealMongoTarget>(target);
