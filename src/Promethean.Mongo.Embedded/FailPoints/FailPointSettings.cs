using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary>What a fail point does and to which commands: its <c>data</c>. Immutable.</summary>
internal sealed class FailPointSettings
{
    /// <summary>The fail points this server has, with the fields their data may hold.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        [FailPointNames.FailCommand] =
        [
            "failCommands", "failAllCommands", "failInternalCommands", "errorCode", "closeConnection", "errorLabels", "writeConcernError",
            "blockConnection", "blockTimeMS", "appName", "namespace",
        ],
        [FailPointNames.TransactionalWrite] = ["closeConnection", "failBeforeCommitExceptionCode"],
        [FailPointNames.GetMore] = ["errorCode", "closeConnection"],
    };

    private readonly IReadOnlySet<string> _commands = new HashSet<string>();
    private readonly bool _allCommands;

    private FailPointSettings(string name, BsonDocument data)
    {
        foreach (var field in data)
        {
            if (!Known[name].Contains(field.Name, StringComparer.Ordinal))
                throw MongoCommandFailedException.BadValue($"The field '{field.Name}' of the fail point '{name}' is not supported by this server");
        }

        Name = name;
        if (Optional(data, "failCommands", BsonType.Array) is BsonArray commands) _commands = commands.Select(command => command.AsString).ToHashSet(StringComparer.Ordinal);
        _allCommands = data.GetValue("failAllCommands", false).ToBoolean();
        ErrorCode = Number(data, "errorCode") ?? Number(data, "failBeforeCommitExceptionCode");
        ClosesConnection = data.TryGetValue("closeConnection", out var closes) ? closes.ToBoolean() : name == FailPointNames.TransactionalWrite && ErrorCode is null;
        ErrorLabels = (Optional(data, "errorLabels", BsonType.Array) as BsonArray)?.Select(label => label.AsString).ToList();
        WriteConcernError = Optional(data, "writeConcernError", BsonType.Document) as BsonDocument;
        Application = Optional(data, "appName", BsonType.String)?.AsString;
        Namespace = Optional(data, "namespace", BsonType.String)?.AsString;
        if (!data.GetValue("blockConnection", false).ToBoolean()) return;
        var delay = Number(data, "blockTimeMS") ?? throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "must specify 'blockTimeMS' when 'blockConnection' is true");
        if (delay < 0) throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "'blockTimeMS' must be non-negative");
        Delay = TimeSpan.FromMilliseconds(delay);
    }

    public string Name { get; }

    /// <summary>The error to answer with, or null.</summary>
    public int? ErrorCode { get; }

    public bool ClosesConnection { get; }

    /// <summary>The labels of the error instead of those that such an error has by itself; null to leave it those.</summary>
    public IReadOnlyList<string>? ErrorLabels { get; }

    /// <summary>What a command that succeeds says of its write concern, or null.</summary>
    public BsonDocument? WriteConcernError { get; }

    /// <summary>How long the command waits before anything else happens.</summary>
    public TimeSpan Delay { get; }

    /// <summary>The name (<c>application.name</c> of the handshake) of the clients concerned; null for all.</summary>
    public string? Application { get; }

    /// <summary>The <c>database.collection</c> of the commands concerned; null for all.</summary>
    public string? Namespace { get; }

    /// <exception cref="MongoCommandFailedException">Code 92: there is no such fail point; others: its data is malformed.</exception>
    public static FailPointSettings Parse(string name, BsonDocument data) =>
        Known.ContainsKey(name)
            ? new FailPointSettings(name, data)
            : throw new MongoCommandFailedException(92, "FailPointSetFailed", $"{name} not found. This server has: {string.Join(", ", Known.Keys)}");

    /// <summary>Whether a command of these names is one that the fail point concerns.</summary>
    public bool Concerns(IReadOnlyList<string> names) => _allCommands || names.Any(_commands.Contains);

    private static int? Number(BsonDocument data, string field) => !data.TryGetValue(field, out var value)
        ? null
        : value.IsNumeric ? value.ToInt32() : throw WrongType(field, value);

    private static BsonValue? Optional(BsonDocument data, string field, BsonType type) => !data.TryGetValue(field, out var value)
        ? null
        : value.BsonType == type && (value is not BsonArray texts || texts.All(text => text.IsString)) ? value : throw WrongType(field, value);

    private static MongoCommandFailedException WrongType(string field, BsonValue value) =>
        MongoCommandFailedException.TypeMismatch($"The field 'data.{field}' of a fail point has the wrong type '{BsonTypeNames.Of(value.BsonType)}'");
}
