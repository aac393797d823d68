namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>The value of a tree that has only keys.</summary>
internal readonly record struct None;
