using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>
/// The events of one stream, read from the oplog on from a position. The end of an enumeration is not the end of the stream, unless
/// <see cref="HasEnded"/>. Used by one command at a time.
/// </summary>
internal sealed class ChangeStreamSource : IDocumentSource
{
    private readonly ChangeStreamScope _scope;
    private readonly ChangeStreamOptions _options;
    private readonly ChangeEvent _events;
    private readonly Pipeline _pipeline;
    private readonly PipelineContext _pipelineContext;
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StreamPosition _position;
    private (Task? Changed, Task Either) _awaited = (null, Task.CompletedTask);
    private BsonDocument? _invalidation;

    public ChangeStreamSource(
        ChangeStreamScope scope, ChangeStreamOptions options, StreamPosition start, Pipeline pipeline, PipelineContext pipelineContext, IReadView view)
    {
        _scope = scope;
        _options = options;
        _events = new ChangeEvent(options);
        _position = start;
        _pipeline = pipeline;
        _pipelineContext = pipelineContext;
        CheckHistory(view);
        if (start.IsEvent) GoTo(start, view);
    }

    /// <summary>Whether what was watched is gone and every event is told.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the cursor has been killed while a command used it.</summary>
    public bool IsKilled => _killed.Task.IsCompleted;

    /// <summary>From where to go on after all that was handed out.</summary>
    public StreamPosition Position => _position;

    /// <summary>A time up to which the view of the next enumeration shows every change.</summary>
    public long VisibleUpTo { get; set; }

    public IEnumerable<byte[]> Continue(IReadView view, Interruption interruption)
    {
        if (HasEnded) yield break;
        if (_invalidation is { } left)
        {
            if (End(left) is { } end) yield return end;
            yield break;
        }

        CheckHistory(view);
        var visible = VisibleUpTo;
        foreach (var record in OplogReader.From(view, _position.Time))
        {
            interruption.Check();
            var place = 0;
            foreach (var entry in record.Entries)
            {
                var position = new StreamPosition(record.TimeOf(place), record.OrderOf(place));
                place++;
                if (position.CompareTo(_position) <= 0 || !_scope.Includes(entry)) continue;
                _position = position;
                var ends = _scope.EndsWith(entry);
                if (ends) _invalidation = ChangeEvent.Invalidate(record, position with { IsInvalidation = true });
                if (Show(entry) && Tell(_events.Of(record, entry, position, view)) is { } told) yield return told;
                if (!ends) continue;
                if (End(_invalidation!) is { } end) yield return end;
                yield break;
            }
        }

        var after = StreamPosition.After(visible);
        if (after.CompareTo(_position) > 0) _position = after;
    }

    /// <summary>Ends with a change, or when the cursor is killed.</summary>
    public Task ChangedOrKilled(Task changed)
    {
        // While nothing changes, wait after wait hangs on one task, instead of leaving a trace of each in it.
        if (_awaited.Changed != changed) _awaited = (changed, Task.WhenAny(changed, _killed.Task));
        return _awaited.Either;
    }

    /// <summary>Wakes the command that waits for events, to tell it that the cursor is gone.</summary>
    public void Kill() => _killed.TrySetResult();

    public void Dispose()
    {
    }

    private byte[]? End(BsonDocument invalidation)
    {
        HasEnded = true;
        _position = _position with { IsInvalidation = true };
        return Tell(invalidation);
    }

    private bool Show(OplogEntry entry) => _options.ShowsExpandedEvents || !OperationType.IsExpanded(entry.Type);

    // An event after the stages of the client, or null if they leave it out.
    private byte[]? Tell(BsonDocument told)
    {
        var token = told["_id"];
        foreach (var result in _pipeline.Run([told], _pipelineContext))
        {
            if (!result.TryGetValue("_id", out var id) || !id.Equals(token))
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.ChangeStreamFatalError,
                    "Encountered an event whose _id field, which contains the resume token, was modified by the pipeline. Modifying the _id field of an event makes it impossible to resume the stream from that point. "
                    + $"Only transformations that retain the unmodified _id field are allowed. Expected: {token} but found: {id}");
            }

            return BsonBytes.EncodeResult(result);
        }

        return null;
    }

    private void CheckHistory(IReadView view)
    {
        var trimmed = OplogReader.TrimmedTo(view);
        if (_position.Time > trimmed || (_position.Time == trimmed && _position.IsEvent)) return;
        throw HistoryLost();
    }

    // A stream goes on after an event only if that event is one of its own.
    private void GoTo(StreamPosition start, IReadView view)
    {
        if (start.Time == OplogReader.TrimmedTo(view)) throw HistoryLost();
        foreach (var record in OplogReader.From(view, start.Time).Take(1))
        {
            var place = 0;
            foreach (var entry in record.Entries)
            {
                if (record.TimeOf(place) == start.Time && record.OrderOf(place) == start.Order && _scope.Includes(entry))
                {
                    if (_scope.EndsWith(entry) && !start.IsInvalidation) _invalidation = ChangeEvent.Invalidate(record, start with { IsInvalidation = true });
                    return;
                }

                place++;
            }
        }

        throw new MongoCommandFailedException(
            MongoErrorCode.ChangeStreamFatalError, $"cannot resume stream; the resume token was not found. {ResumeToken.Of(start)}");
    }

    private static MongoCommandFailedException HistoryLost() => new(
        MongoErrorCode.ChangeStreamHistoryLost, "Resume of change stream was not possible, as the resume point may no longer be in the oplog.");
}
