namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class GridFsOnRealMongo(RealMongoTarget target) : GridFsFacts<RealMongoTarget>(target);
