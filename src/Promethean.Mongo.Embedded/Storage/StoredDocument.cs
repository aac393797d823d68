namespace Promethean.Mongo.Embedded.Storage;

/// <summary>A document as it is stored: its record number, growing in order of insertion, and its BSON bytes, never to be changed.</summary>
internal readonly record struct StoredDocument(long RecordId, byte[] Bytes);
