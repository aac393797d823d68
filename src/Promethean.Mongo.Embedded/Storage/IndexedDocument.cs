namespace Promethean.Mongo.Embedded.Storage;

/// <summary>An index entry and the bytes of the record it leads to, never to be changed.</summary>
internal readonly record struct IndexedDocument(IndexEntry Entry, byte[] Bytes);
