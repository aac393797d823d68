using System.Globalization;
using System.Text.Json;

namespace Promethean.Broker.Server.Tests;

/// <summary>One seed's worth of tasks that come and go, over brokers that die, with a journal that fails; it keeps account of what was
/// promised and says what was broken.</summary>
internal sealed class JournalExploration(int seed) : IAsyncDisposable
{
    private const int Names = 6;
    private static readonly string[] Queues = ["a", "b"];

    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private readonly JournalStore _store = new();
    private readonly Dictionary<int, string> _accepted = [];
    private readonly Dictionary<(string Queue, string Name), string> _named = [];
    private readonly Dictionary<string, Action<JsonElement>> _unanswered = [];
    private readonly Dictionary<string, (string Queue, int Number)> _held = [];
    private readonly HashSet<int> _done = [];
    private readonly HashSet<int> _perhapsDone = [];
    private readonly Dictionary<string, int> _attempts = [];
    private readonly List<string> _broken = [];
    private TestBroker? _broker;
    private FakeJournal? _journal;
    private RawClient? _client;
    private Task _reading = Task.CompletedTask;
    private int _frames;
    private int _tasks;
    private bool _isCalm;

    public int Crashes { get; private set; }

    /// <summary>What was promised and not kept.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int steps)
    {
        await StartAsync();
        for (var step = 0; step < steps; step++)
        {
            switch (_random.Next(100))
            {
                case < 45:
                    await EnqueueAsync();
                    break;
                case < 75:
                    await SettleAsync(isDone: true);
                    break;
                case < 85:
                    await SettleAsync(isDone: false);
                    break;
                case < 89:
                    await CrashAsync();
                    break;
                default:
                    await AnsweredAsync();
                    break;
            }
        }

        await CrashAsync();
        _isCalm = true;
        await EmptyAsync();
        lock (_lock)
        {
            foreach (var number in _accepted.Keys.Where(number => !_done.Contains(number) && !_perhapsDone.Contains(number)))
            {
                _broken.Add($"task {number} was acknowledged and is lost");
            }

            return [.. _broken];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _reading;
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        _journal = new(_store) { Fault = Fault };
        _broker = await TestBroker.StartAsync(journal: _journal);
        _client = await _broker.RawAsync();
        _reading = ReadAsync(_client);
        foreach (var queue in Queues.Concat(Queues.Select(QueueName.DeadLetters)))
        {
            await AskAsync("ready", $$"""{"queue":"{{queue}}","credit":3,"worker":"{{queue}}"}""", _ => { });
        }
    }

    /// <summary>One write in ten fails, before, amid or after taking effect.</summary>
    private (int, Exception)? Fault(int size)
    {
        lock (_lock)
        {
            return !_isCalm && _random.Next(10) == 0 ? (_random.Next(size + 1), new IOException("The test's journal fails.")) : null;
        }
    }

    private async Task EnqueueAsync()
    {
        var number = ++_tasks;
        var queue = Queues[Next(2)];
        var name = Next(3) == 0 ? $"n{Next(Names)}" : null;
        var attempts = Next(4) == 0 ? 2 : 1000;
        var payload = $$"""{"queue":"{{queue}}","payload":{{number}},"max_attempts":{{attempts}}{{(name is null ? "" : $",\"dedupe_id\":\"{name}\"")}}}""";
        await AskAsync("enqueue", payload, answer =>
        {
            if (!answer.TryGetProperty("payload", out var result))
            {
                return;
            }

            var id = result.GetProperty("taskId").GetString()!;
            var isDuplicate = result.GetProperty("duplicate").GetBoolean();
            if (!isDuplicate)
            {
                _accepted[number] = id;
            }

            // The window is longer than the test: what is named once stays named.
            if (name is not null && !_named.TryAdd((queue, name), id) && (_named[(queue, name)] != id || !isDuplicate))
            {
                _broken.Add($"{queue}/{name} was {_named[(queue, name)]} and is {id}");
            }
        });
    }

    private async Task SettleAsync(bool isDone)
    {
        string id;
        (string Queue, int Number) task;
        lock (_lock)
        {
            if (_held.Count == 0)
            {
                return;
            }

            (id, task) = _held.ElementAt(_random.Next(_held.Count));
            _held.Remove(id);
            if (isDone)
            {
                _perhapsDone.Add(task.Number);
            }
        }

        await AskAsync(isDone ? "ack" : "nack", $$"""{"queue":"{{task.Queue}}","taskId":"{{id}}"}""", answer =>
        {
            if (isDone && answer.GetProperty("event").GetString() == "ok")
            {
                _done.Add(task.Number);
            }
        });
    }

    private async Task CrashAsync()
    {
        _journal!.Cut();
        Crashes++;
        _client!.Dispose();
        await _reading;
        await _broker!.DisposeAsync();
        lock (_lock)
        {
            _unanswered.Clear();
            _held.Clear();
        }

        await StartAsync();
    }

    /// <summary>Takes out everything that is there.</summary>
    private async Task EmptyAsync()
    {
        await AnsweredAsync();
        while (_broker!.Queues.Count().Tasks > 0)
        {
            await SettleAsync(isDone: true);
            await AnsweredAsync();
            await Task.Yield();
        }
    }

    private Task AnsweredAsync() => Until.TrueAsync(() =>
    {
        lock (_lock)
        {
            return _unanswered.Count == 0;
        }
    });

    private async Task AskAsync(string action, string payload, Action<JsonElement> answered)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"f{++_frames}");
        lock (_lock)
        {
            _unanswered[id] = answered;
        }

        await _client!.SendAsync($$"""{"id":"{{id}}","action":"{{action}}","payload":{{payload}}}""");
    }

    private async Task ReadAsync(RawClient client)
    {
        try
        {
            while (true)
            {
                var frame = await client.NextAsync();
                lock (_lock)
                {
                    if (frame.TryGetProperty("task", out var task))
                    {
                        Take(task);
                    }
                    else if (_unanswered.Remove(frame.GetProperty("id").GetString()!, out var answered))
                    {
                        answered(frame);
                    }
                }
            }
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException or ObjectDisposedException or IOException or System.Net.WebSockets.WebSocketException)
        {
            // The connection is gone, with what it had not brought yet.
        }
    }

    private void Take(JsonElement task)
    {
        var id = task.GetProperty("id").GetString()!;
        var queue = task.GetProperty("queue").GetString()!;
        var number = task.GetProperty("payload").GetInt32();
        var attempts = task.GetProperty("attempts").GetInt32();
        if (_done.Contains(number))
        {
            _broken.Add($"task {number} came back after it was acknowledged as done");
        }

        if (attempts <= _attempts.GetValueOrDefault($"{queue} {id}"))
        {
            _broken.Add($"task {number} was given out in {queue} as attempt {attempts} a second time");
        }

        _attempts[$"{queue} {id}"] = attempts;
        _held[id] = (queue, number);
    }

    private int Next(int below)
    {
        lock (_lock)
        {
            return _random.Next(below);
        }
    }
}
