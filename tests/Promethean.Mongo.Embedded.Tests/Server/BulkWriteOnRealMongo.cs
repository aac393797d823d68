namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class BulkWriteOnRealMongo(RealMongoTarget target) : BulkWriteFacts<RealMongoTarget>(target);
