using System.Net;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Turns what a model throws into what a caller may know: a code and the model's id, never the exception's text.</summary>
internal static class ModelErrors
{
    private static readonly TimeSpan OverloadedFor = TimeSpan.FromSeconds(1);

    public static BrokerException NotFound(string model, IReadOnlyList<string> known) =>
        new(BrokerErrorCode.NotFound, $"No model '{model}' is served here. {Known(known)}");

    public static BrokerException TimedOut(string model, TimeSpan limit, Exception cause) =>
        new(BrokerErrorCode.Timeout, $"The model '{model}' did not answer within {limit.TotalSeconds:0.###} s.", innerException: cause);

    public static BrokerException Map(Exception exception, string model, IReadOnlyList<string> known) => exception switch
    {
        BrokerException broker => broker,
        HttpRequestException { StatusCode: HttpStatusCode.NotFound } =>
            new(BrokerErrorCode.NotFound, $"The model server has no model '{model}'. {Known(known)}", innerException: exception),
        HttpRequestException { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable } =>
            new(BrokerErrorCode.Overloaded, $"The server of the model '{model}' is overloaded; try again later.", OverloadedFor, exception),
        HttpRequestException { StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout } or TimeoutException
            or OperationCanceledException { InnerException: TimeoutException } =>
            new(BrokerErrorCode.Timeout, $"The model '{model}' did not answer in time.", innerException: exception),
        _ => new(BrokerErrorCode.Internal, $"The model '{model}' failed; the worker's log says how.", innerException: exception),
    };

    private static string Known(IReadOnlyList<string> known) =>
        known.Count == 0 ? "None is registered by id." : $"Registered: {string.Join(", ", known)}.";
}
