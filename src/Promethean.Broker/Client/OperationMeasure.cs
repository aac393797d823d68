using System.Diagnostics;

namespace Promethean.Broker;

/// <summary>Measures one call: an activity and the duration histogram.</summary>
internal sealed class OperationMeasure(string operation, string destination, ActivityKind kind, TimeProvider time) : IDisposable
{
    private readonly Activity? _activity = BrokerDiagnostics.Activities.HasListeners()
        ? BrokerDiagnostics.Activities.StartActivity($"{operation} {destination}", kind)
        : null;

    private readonly long _started = time.GetTimestamp();
    private string? _error;

    public void Fail(BrokerException exception)
    {
        _error = exception.Code.ToWireName();
        _activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
    }

    public void Dispose()
    {
        var tags = new TagList { { "messaging.operation.name", operation } };
        if (_error is not null)
        {
            tags.Add("error.type", _error);
        }

        BrokerDiagnostics.OperationDuration.Record(time.GetElapsedTime(_started).TotalSeconds, tags);
        _activity?.Dispose();
    }
}
