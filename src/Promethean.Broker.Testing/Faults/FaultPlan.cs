using System.Globalization;

namespace Promethean.Broker.Testing;

/// <summary>What goes wrong between a broker and its clients. Chance is drawn from the broker's seed alone.</summary>
/// <remarks>Immutable. Put one into <see cref="InMemoryBrokerOptions.Faults"/>, or change a running broker's
/// <see cref="InMemoryBroker.Faults"/>. Contradictory or negative settings are refused there.</remarks>
public sealed record FaultPlan
{
    /// <summary>Nothing goes wrong.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>How long a message, a task or an answer is on its way to a client. Default: zero.</summary>
    public LatencyRange Latency { get; init; }

    /// <summary>How long a publish, an enqueue or a settlement waits for its acknowledgement. Something else must then let time
    /// pass. Default: zero.</summary>
    public LatencyRange CallLatency { get; init; }

    /// <summary>How likely each delivery to a client is lost, 0 to 1: a message is missed, a request or the rest of an answer is not
    /// heard of until the deadline, a queue's task comes again when its lease has run out. Default: 0.</summary>
    public double DropRate { get; init; }

    /// <summary>How likely each message and each queue's task is delivered twice, 0 to 1. Default: 0.</summary>
    public double DuplicateRate { get; init; }

    /// <summary>How likely the connection is cut by each delivery, before the message arrives, 0 to 1. Default: 0.</summary>
    public double DisconnectRate { get; init; }

    /// <summary>How long a client cut by <see cref="DisconnectRate"/> stays away. Default: 100 ms.</summary>
    public TimeSpan ReconnectAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The order of what is due at once. Default: <see cref="MessageOrder.InOrder"/>.</summary>
    public MessageOrder Ordering { get; init; }

    /// <summary>Faults for some topics, actions or queues; the first that matches counts. Default: none.</summary>
    public IReadOnlyList<FaultRule> Rules { get; init; } = [];

    internal bool IsNone => Latency.IsZero && CallLatency.IsZero && DropRate == 0 && DuplicateRate == 0 && DisconnectRate == 0
        && Ordering == MessageOrder.InOrder && Rules.Count == 0;

    /// <summary>A plan drawn from a seed: latency, loss, duplicates, disconnections and order, each there or not.</summary>
    /// <param name="seed">The same seed gives the same plan.</param>
    public static FaultPlan FromSeed(int seed)
    {
        var random = new Random(seed);
        return new()
        {
            Latency = Range(30),
            CallLatency = Range(10),
            DropRate = Rate(0.2),
            DuplicateRate = Rate(0.2),
            DisconnectRate = Rate(0.05),
            ReconnectAfter = TimeSpan.FromMilliseconds(random.Next(1, 200)),
            Ordering = random.Next(2) == 0 ? MessageOrder.InOrder : MessageOrder.Shuffle,
        };

        double Rate(double most) => random.Next(2) == 0 ? 0 : random.NextDouble() * most;
        LatencyRange Range(int most)
        {
            var min = random.Next(most);
            return random.Next(3) == 0 ? default : new(TimeSpan.FromMilliseconds(min), TimeSpan.FromMilliseconds(random.Next(min, most + 1)));
        }
    }

    /// <summary>The plan on one line, without what is as by default.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        Say(!Latency.IsZero, $"latency {Latency}");
        Say(!CallLatency.IsZero, $"call latency {CallLatency}");
        Say(DropRate > 0, $"drop {DropRate.ToString("P1", CultureInfo.InvariantCulture)}");
        Say(DuplicateRate > 0, $"duplicate {DuplicateRate.ToString("P1", CultureInfo.InvariantCulture)}");
        Say(DisconnectRate > 0, $"disconnect {DisconnectRate.ToString("P1", CultureInfo.InvariantCulture)} for {ReconnectAfter.TotalMilliseconds} ms");
        Say(Ordering == MessageOrder.Shuffle, "shuffle");
        parts.AddRange(Rules.Select(rule => $"{rule.Action} {rule.Pattern} at {rule.Rate.ToString("P0", CultureInfo.InvariantCulture)}"));
        return parts.Count == 0 ? "no faults" : string.Join(", ", parts);

        void Say(bool holds, string part)
        {
            if (holds)
            {
                parts.Add(part);
            }
        }
    }

    internal static void CheckRate(double rate, string name)
    {
        if (!(rate is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, rate, $"{name} is 0 to 1.");
        }
    }

    internal void Validate()
    {
        Latency.Validate("FaultPlan.Latency");
        CallLatency.Validate("FaultPlan.CallLatency");
        CheckRate(DropRate, "FaultPlan.DropRate");
        CheckRate(DuplicateRate, "FaultPlan.DuplicateRate");
        CheckRate(DisconnectRate, "FaultPlan.DisconnectRate");
        if (DropRate == 1 && DuplicateRate > 0)
        {
            throw new ArgumentException("FaultPlan.DropRate of 1 loses everything, so FaultPlan.DuplicateRate would have nothing to repeat.");
        }

        if (ReconnectAfter <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException("FaultPlan.ReconnectAfter", ReconnectAfter, "FaultPlan.ReconnectAfter is more than zero.");
        }

        if (!Enum.IsDefined(Ordering))
        {
            throw new ArgumentOutOfRangeException("FaultPlan.Ordering", Ordering, "FaultPlan.Ordering is not one of its values.");
        }

        foreach (var rule in Rules)
        {
            rule.Validate();
        }
    }
}
