using System.Collections.Concurrent;
using System.Collections.Immutable;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary>
/// The fail points of one server that are switched on: they let the tests of an application see how it takes errors, lost connections
/// and delays. While there are none, a command pays for one comparison. Safe for any number of threads.
/// </summary>
internal sealed class FailPointRegistry(TimeProvider time, bool isEnabled)
{
    private readonly ConcurrentDictionary<int, string> _applications = new();
    private ImmutableDictionary<string, FailPoint> _points = ImmutableDictionary<string, FailPoint>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Whether clients may switch fail points on.</summary>
    public bool IsEnabled => isEnabled;

    /// <summary>Switches a fail point on or off; returns how often it had fired since it was last switched on.</summary>
    /// <exception cref="Errors.MongoCommandFailedException">There is no such fail point, or its mode or data is malformed.</exception>
    public long Configure(string name, BsonValue? mode, BsonDocument data)
    {
        var point = FailPoint.Parse(mode, FailPointSettings.Parse(name, data));
        FailPoint? before = null;
        ImmutableInterlocked.Update(ref _points, points =>
        {
            before = points.GetValueOrDefault(name);
            return point is null ? points.Remove(name) : points.SetItem(name, point);
        });
        return before?.Fired ?? 0;
    }

    /// <summary>
    /// Lets fail points act on a command that is about to be carried out: it is held up, fails, or loses its connection here, or the
    /// returned failure is applied to its reply; null if nothing is to happen.
    /// </summary>
    public async ValueTask<InjectedFailure?> EnterAsync(ICommand command, CommandRequest request, int connectionId, CancellationToken stopping)
    {
        if (command is HelloCommand) NoteApplication(request.Body, connectionId);
        if (_points.IsEmpty) return null;
        if (Find(FailPointNames.FailCommand) is { } point && Concerns(point.Settings, command, request, connectionId) && point.Fires())
        {
            var settings = point.Settings;
            if (settings.Delay > TimeSpan.Zero) await Task.Delay(settings.Delay, time, stopping).ConfigureAwait(false);
            if (settings.ClosesConnection) throw new ConnectionFailedException(settings.Name);
            if (settings.ErrorCode is { } code) throw InjectedErrors.Of(code, settings.Name, request.Body, settings.ErrorLabels);
            if (settings.WriteConcernError is not null) return new InjectedFailure(settings, request.Body);
        }

        return command is InsertCommand or UpdateCommand or DeleteCommand or FindAndModifyCommand or BulkWriteCommand ? EnterWrite(request) : null;
    }

    /// <summary>Lets a getMore fail that has found its cursor.</summary>
    public void CheckGetMore(CommandRequest request)
    {
        if (Find(FailPointNames.GetMore) is not { } point || !point.Fires()) return;
        if (point.Settings.ClosesConnection) throw new ConnectionFailedException(point.Settings.Name);
        if (point.Settings.ErrorCode is { } code) throw InjectedErrors.Of(code, point.Settings.Name, request.Body);
    }

    /// <summary>A connection has ended.</summary>
    public void Forget(int connectionId) => _applications.TryRemove(connectionId, out _);

    private InjectedFailure? EnterWrite(CommandRequest request)
    {
        if (!request.Body.Contains("txnNumber") || Find(FailPointNames.TransactionalWrite) is not { } point || !point.Fires()) return null;
        if (point.Settings.ErrorCode is { } code) throw InjectedErrors.Of(code, point.Settings.Name, request.Body);
        return new InjectedFailure(point.Settings, request.Body);
    }

    private FailPoint? Find(string name) => _points.GetValueOrDefault(name);

    private bool Concerns(FailPointSettings settings, ICommand command, CommandRequest request, int connectionId) =>
        settings.Concerns(command.Names)
        // A fail point that could fail this command could never be switched off again.
        && command is not ConfigureFailPointCommand
        && (settings.Application is null || settings.Application == _applications.GetValueOrDefault(connectionId))
        && (settings.Namespace is null || settings.Namespace == $"{request.Database}.{request.Body[0]}");

    private void NoteApplication(BsonDocument hello, int connectionId)
    {
        if (hello.TryGetValue("client", out var client) && client is BsonDocument metadata
            && metadata.TryGetValue("application", out var application) && application is BsonDocument named
            && named.TryGetValue("name", out var name) && name is BsonString { Value: var text })
        {
            _applications[connectionId] = text;
        }
    }
}
