namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CursorOnRealMongo(RealMongoTarget target) : CursorFacts<RealMongoTarget>(target);
