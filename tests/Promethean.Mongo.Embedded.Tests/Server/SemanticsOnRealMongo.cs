namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class SemanticsOnRealMongo(RealMongoTarget target) : SemanticsFacts<RealMongoTarget>(target);
