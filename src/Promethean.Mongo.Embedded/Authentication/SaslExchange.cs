using MongoDB.Bson;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Authentication;

/// <summary>Carries a SCRAM conversation in MongoDB's <c>saslStart</c> and <c>saslContinue</c>.</summary>
internal static class SaslExchange
{
    public const string Mechanism = "SCRAM-SHA-256";

    // A connection has one conversation at a time.
    private const int ConversationId = 1;

    /// <summary>Begins a conversation, in place of one that the connection may have had.</summary>
    public static BsonDocument Start(ServerState server, ConnectedClient client, BsonDocument start, string database)
    {
        client.Conversation = null;
        if (start.GetValue("mechanism", BsonNull.Value) is not BsonString { Value: Mechanism })
        {
            throw new MongoCommandFailedException(
                334, "MechanismUnavailable", $"Received authentication for mechanism {start.GetValue("mechanism", BsonNull.Value)} which is not enabled: this server has {Mechanism}");
        }

        if (!server.Users.AreRequired) throw ScramConversation.Failed();
        var skipsEmptyExchange = start.GetValue("options", BsonNull.Value) is BsonDocument options && options.GetValue("skipEmptyExchange", false).ToBoolean();
        var conversation = ScramConversation.Begin(PayloadOf(start), database, server.Users, skipsEmptyExchange);
        client.Conversation = conversation;
        client.ConversationStarted = server.Time.GetTimestamp();
        return Reply(conversation.ServerFirst, isDone: false);
    }

    /// <summary>Goes on with the connection's conversation.</summary>
    public static BsonDocument Continue(ServerState server, ConnectedClient client, BsonDocument message)
    {
        if (client.Conversation is not { } conversation) throw new MongoCommandFailedException(MongoErrorCode.ProtocolError, "No SASL session state found");
        // Whatever fails ends it.
        client.Conversation = null;
        if (!message.GetValue("conversationId", BsonNull.Value).Equals((BsonValue)ConversationId))
            throw new MongoCommandFailedException(MongoErrorCode.ProtocolError, "sasl: Mismatched conversation id");
        if (server.Time.GetElapsedTime(client.ConversationStarted) > server.AuthenticationTimeout) throw ScramConversation.Failed();
        byte[] answer;
        try
        {
            answer = conversation.Continue(PayloadOf(message));
        }
        catch (MongoCommandFailedException)
        {
            // A name that nobody has may be anything, and is not written down.
            Log.AuthenticationFailed(server.Logger, client.Id, server.Users.Contains(conversation.UserName) ? conversation.UserName : "an unknown user");
            throw;
        }

        if (conversation.IsDone) client.UserName = conversation.UserName;
        else client.Conversation = conversation;
        return Reply(answer, conversation.IsDone);
    }

    private static BsonDocument Reply(byte[] payload, bool isDone) =>
        new() { { "conversationId", ConversationId }, { "done", isDone }, { "payload", new BsonBinaryData(payload) } };

    private static byte[] PayloadOf(BsonDocument message) => message.GetValue("payload", BsonNull.Value) is BsonBinaryData payload
        ? payload.Bytes
        : throw MongoCommandFailedException.TypeMismatch("BSON field 'payload' must be binary data");
}
