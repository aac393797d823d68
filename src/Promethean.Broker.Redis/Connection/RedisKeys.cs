using System.Text;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>The names of keys and channels. What one script touches shares a hash tag.</summary>
/// <param name="prefix">Begins every name.</param>
/// <param name="database">The database, which channels must name since they belong to none.</param>
/// <param name="client">This client's id.</param>
internal sealed class RedisKeys(string prefix, int database, string client)
{
    private readonly string _topics = $"{prefix}{database}:t:";

    /// <summary>What stands before a client's id in the name of its inbox.</summary>
    public string Inboxes { get; } = $"{prefix}{database}:c:";

    public string Client => client;

    public RedisChannel Inbox => RedisChannel.Literal(Inboxes + client);

    public RedisKey[] Work { get; } = [$"{prefix}{{work}}:"];

    public RedisChannel InboxOf(string other) => RedisChannel.Literal(Inboxes + other);

    public RedisChannel Topic(string topic) => RedisChannel.Literal(_topics + topic);

    /// <summary>A channel that brings at least what falls under the pattern: Redis' star also crosses dots.</summary>
    public RedisChannel Pattern(string pattern) => BrokerTopic.IsValid(pattern)
        ? Topic(pattern)
        : RedisChannel.Pattern(Escape(_topics) + pattern.Replace('>', '*'));

    /// <summary>The root of a queue and that of its dead letters.</summary>
    public RedisKey[] Queue(string queue)
    {
        var isDead = QueueName.IsDeadLetters(queue);
        var tag = isDead ? queue[..^QueueName.DeadLetters("").Length] : queue;
        var dead = $"{prefix}{{q:{tag}}}:dead:";
        return [isDead ? dead : $"{prefix}{{q:{tag}}}:live:", dead];
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '*' or '?' or '[' or ']' or '\\' or '^')
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
