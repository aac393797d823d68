namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class DiagnosticOnRealMongo(RealMongoTarget target) : DiagnosticFacts<RealMongoTarget>(target);
