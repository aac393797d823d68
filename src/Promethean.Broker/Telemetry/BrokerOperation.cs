using System.Diagnostics;

namespace Promethean.Broker;

/// <summary>One operation while it is traced and measured, from <see cref="BrokerTelemetry"/>; disposing it ends it.</summary>
/// <remarks>Its activity is the current one from the start to the disposal. It belongs to one caller at a time.</remarks>
public sealed class BrokerOperation : IDisposable
{
    private readonly OperationDescription _description;
    private readonly TimeProvider _time;
    private readonly Activity? _activity;
    private readonly long _started;
    private TagList _tags;
    private bool _ended;

    internal BrokerOperation(OperationDescription description, TimeProvider time)
    {
        _description = description;
        _time = time;
        _tags = new TagList
        {
            { "messaging.system", BrokerDiagnostics.MessagingSystem },
            { "messaging.operation.name", description.Name },
            { "messaging.operation.type", description.TypeName },
        };
        AddIfSet("messaging.destination.template", description.Template);
        _activity = StartActivity();
        AddIfSet("messaging.destination.name", description.MetricName);
        if (description.Kind == ActivityKind.Consumer)
        {
            BrokerDiagnostics.Consumed.Add(1, _tags);
        }

        _started = time.GetTimestamp();
    }

    /// <summary>Marks it as failed: <c>error.type</c> is the wire's code of a <see cref="BrokerException"/>, or else the exception's
    /// type. The first failure counts.</summary>
    /// <param name="exception">Why.</param>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (HasError)
        {
            return;
        }

        var error = exception is BrokerException known ? known.Code.ToWireName() : exception.GetType().FullName!;
        _tags.Add("error.type", error);
        _activity?.SetTag("error.type", error);
        _activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
    }

    /// <summary>Ends it and records its duration.</summary>
    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        var duration = _description.Type == OperationType.Process ? BrokerDiagnostics.ProcessDuration : BrokerDiagnostics.OperationDuration;
        duration.Record(_time.GetElapsedTime(_started).TotalSeconds, _tags);
        if (_description.Kind == ActivityKind.Producer)
        {
            BrokerDiagnostics.Sent.Add(1, _tags);
        }

        _activity?.Dispose();
    }

    private bool HasError => _tags.Count > 0 && _tags[_tags.Count - 1].Key == "error.type";

    private void AddIfSet(string name, string? value)
    {
        if (value is not null)
        {
            _tags.Add(name, value);
        }
    }

    private Activity? StartActivity()
    {
        if (!BrokerDiagnostics.Activities.HasListeners())
        {
            return null;
        }

        // Known at the start, so that a sampler can choose by them.
        List<KeyValuePair<string, object?>> tags = [.. _tags, new("messaging.destination.name", _description.Destination)];
        if (_description.MessageId is { } id)
        {
            tags.Add(new("messaging.message.id", id));
        }

        return BrokerDiagnostics.Activities.StartActivity(
            $"{_description.Name} {_description.Destination}", _description.Kind, _description.Parent, tags);
    }
}
