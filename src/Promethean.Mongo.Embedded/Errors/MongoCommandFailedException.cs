using System.Globalization;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Errors;

/// <summary>
/// A command that the server refuses, with the code and name MongoDB gives the same refusal.
/// The wire layer turns it into <c>{ok: 0, code, codeName, errmsg}</c>; it never means that the server itself is broken.
/// </summary>
internal sealed class MongoCommandFailedException : Exception
{
    /// <summary>Makes a failure from the numeric code and the name the wire carries.</summary>
    public MongoCommandFailedException(int code, string codeName, string message)
        : base(message)
    {
        Code = code;
        CodeName = codeName;
    }

    /// <summary>Makes a failure from one of MongoDB's named codes.</summary>
    public MongoCommandFailedException(MongoErrorCode code, string message)
        : this((int)code, code.ToString(), message)
    {
    }

    /// <summary>The numeric code, as in MongoDB's <c>error_codes</c>.</summary>
    public int Code { get; }

    /// <summary>The code's name; <c>Location12345</c> where MongoDB has none.</summary>
    public string CodeName { get; }

    /// <summary>Labels such as <c>TransientTransactionError</c>; empty for most failures.</summary>
    public IReadOnlyList<string> ErrorLabels { get; init; } = [];

    /// <summary>Further fields of the reply or write error (such as <c>keyPattern</c>, <c>errInfo</c>); null if none.</summary>
    public BsonDocument? Details { get; init; }

    /// <summary>A failure whose code has no name of its own, as most checks in MongoDB's aggregation.</summary>
    public static MongoCommandFailedException Location(int code, string message) =>
        new(code, string.Create(CultureInfo.InvariantCulture, $"Location{code}"), message);

    /// <summary>A malformed argument: code 2.</summary>
    public static MongoCommandFailedException BadValue(string message) => new(MongoErrorCode.BadValue, message);

    /// <summary>A specification that cannot be read: code 9.</summary>
    public static MongoCommandFailedException FailedToParse(string message) => new(MongoErrorCode.FailedToParse, message);

    /// <summary>A value of the wrong BSON type: code 14.</summary>
    public static MongoCommandFailedException TypeMismatch(string message) => new(MongoErrorCode.TypeMismatch, message);
}
