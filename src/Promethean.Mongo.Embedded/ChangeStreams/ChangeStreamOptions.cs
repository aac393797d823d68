using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>The specification of a <c>$changeStream</c> stage ("$changeStream (aggregation)" in MongoDB's manual).</summary>
internal sealed class ChangeStreamOptions
{
    public ImageMode After { get; private init; }

    public ImageMode Before { get; private init; }

    public bool ShowsExpandedEvents { get; private init; }

    public bool WatchesCluster { get; private init; }

    /// <summary>Where to go on; null to begin now.</summary>
    public StreamPosition? Start { get; private init; }

    /// <exception cref="MongoCommandFailedException">Malformed or contradictory options.</exception>
    public static ChangeStreamOptions Parse(BsonValue value)
    {
        if (value is not BsonDocument specification)
            throw MongoCommandFailedException.Location(50808, $"$changeStream stage expects a document as argument, found: {value}");
        foreach (var option in specification) CheckType(option);
        return new ChangeStreamOptions
        {
            After = Mode(specification, "fullDocument", "default", "updateLookup"),
            Before = Mode(specification, "fullDocumentBeforeChange", "off", null),
            ShowsExpandedEvents = specification.GetValue("showExpandedEvents", false).AsBoolean,
            WatchesCluster = specification.GetValue("allChangesForCluster", false).AsBoolean,
            Start = StartOf(specification),
        };
    }

    private static void CheckType(BsonElement option)
    {
        var expected = option.Name switch
        {
            "fullDocument" or "fullDocumentBeforeChange" => BsonType.String,
            "resumeAfter" or "startAfter" => BsonType.Document,
            "startAtOperationTime" => BsonType.Timestamp,
            "showExpandedEvents" or "allChangesForCluster" => BsonType.Boolean,
            _ => throw MongoCommandFailedException.Location(40415, $"BSON field '$changeStream.{option.Name}' is an unknown field."),
        };
        if (option.Value.BsonType == expected) return;
        throw MongoCommandFailedException.TypeMismatch(
            $"BSON field '$changeStream.{option.Name}' is the wrong type '{BsonTypeNames.Of(option.Value.BsonType)}', expected type '{BsonTypeNames.Of(expected)}'");
    }

    private static ImageMode Mode(BsonDocument specification, string option, string none, string? lookup)
    {
        var asked = specification.GetValue(option, none).AsString;
        if (asked == none) return ImageMode.None;
        if (asked == lookup) return ImageMode.Lookup;
        return asked switch
        {
            "whenAvailable" => ImageMode.WhenAvailable,
            "required" => ImageMode.Required,
            _ => throw MongoCommandFailedException.BadValue($"Enumeration value '{asked}' for field '$changeStream.{option}' is not a valid value."),
        };
    }

    private static StreamPosition? StartOf(BsonDocument specification)
    {
        var resume = specification.GetValue("resumeAfter", null);
        var start = specification.GetValue("startAfter", null);
        var time = specification.GetValue("startAtOperationTime", null);
        if ((resume is null ? 0 : 1) + (start is null ? 0 : 1) + (time is null ? 0 : 1) > 1)
        {
            throw MongoCommandFailedException.Location(
                40674, "Only one type of resume option is allowed, but multiple were found.");
        }

        if (time is not null) return new StreamPosition(time.AsBsonTimestamp.Value, -1);
        if (start is not null) return ResumeToken.Parse(start.AsBsonDocument);
        if (resume is null) return null;
        var position = ResumeToken.Parse(resume.AsBsonDocument);
        return !position.IsInvalidation
            ? position
            : throw new MongoCommandFailedException(
                MongoErrorCode.InvalidResumeToken, "Attempting to resume a change stream using 'resumeAfter' is not allowed from an invalidate notification.");
    }
}
