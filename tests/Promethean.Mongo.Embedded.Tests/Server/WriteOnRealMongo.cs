namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class WriteOnRealMongo(RealMongoTarget target) : WriteFacts<RealMongoTarget>(target);
