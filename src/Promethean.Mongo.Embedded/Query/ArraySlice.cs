using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>A part of an array, as <c>$slice</c> counts: negative numbers from the end.</summary>
internal static class ArraySlice
{
    /// <summary>The first so many elements, or the last if negative.</summary>
    public static BsonArray Take(BsonArray array, int count) =>
        new(count >= 0 ? array.Take(count) : array.Skip((int)Math.Max(0, array.Count + (long)count)));

    /// <summary>So many elements from a place on, which counts from the end if negative.</summary>
    public static BsonArray Take(BsonArray array, int skip, int count) =>
        new(array.Skip(skip >= 0 ? skip : (int)Math.Max(0, array.Count + (long)skip)).Take(count));
}
