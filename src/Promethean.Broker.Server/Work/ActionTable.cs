namespace Promethean.Broker.Server;

/// <summary>The actions that are served, by name; under the dispatcher's lock. An action lives as long as it has a worker.</summary>
internal sealed class ActionTable
{
    private readonly Dictionary<string, ActionQueue> _actions = [];
    private volatile string[]? _models;

    public int Waiting => _actions.Values.Sum(action => action.Waiting);

    public IEnumerable<WorkerRegistration> Workers => _actions.Values.SelectMany(action => action.Workers).Distinct();

    /// <summary>The models behind the workers, in order, where they have been asked for since the workers last changed; without the lock.</summary>
    public IReadOnlyList<string>? KnownModels => _models;

    /// <summary>The models behind the workers, in order.</summary>
    public IReadOnlyList<string> Models =>
        _models ??= [.. Workers.SelectMany(worker => worker.Models).Distinct().Order(StringComparer.Ordinal)];

    public ActionQueue? Find(string name) => _actions.GetValueOrDefault(name);

    /// <summary>The most urgent task that waits for a worker; null when none does.</summary>
    public WorkTask? Next(WorkerRegistration worker)
    {
        WorkTask? first = null;
        foreach (var name in worker.Actions)
        {
            first = ActionQueue.First(first, _actions[name].Next);
        }

        return first;
    }

    /// <summary>Makes a worker serve these actions and no others, by these models, and gives the tasks that nobody is left to serve.</summary>
    public IReadOnlyList<WorkTask> Serve(WorkerRegistration worker, IReadOnlyCollection<string> names, IReadOnlyCollection<string> models)
    {
        if (!worker.Models.SequenceEqual(models) || worker.Actions.Count == 0 || names.Count == 0)
        {
            _models = null;
            worker.Models = models;
        }

        var abandoned = new List<WorkTask>();
        foreach (var added in names.Except(worker.Actions))
        {
            if (!_actions.TryGetValue(added, out var action))
            {
                _actions[added] = action = new();
            }

            action.Workers.Add(worker);
        }

        foreach (var removed in worker.Actions.Except(names))
        {
            var action = _actions[removed];
            action.Workers.Remove(worker);
            if (action.Workers.Count == 0)
            {
                _actions.Remove(removed);
                abandoned.AddRange(action.Tasks);
            }
        }

        worker.Actions = names;
        return abandoned;
    }
}
