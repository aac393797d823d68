using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Promethean.Broker.Server;

/// <summary>Gives the broker an address.</summary>
public static class BrokerEndpointRouteBuilderExtensions
{
    /// <summary>Serves the broker's WebSocket at a path; several paths lead to the same broker.</summary>
    /// <remarks>Answers 401 without the token that is configured, 403 to a web page of an origin that is not allowed, 426 to
    /// what is not a WebSocket, 503 while the host starts or stops. A client that takes arrays of frames says so by
    /// <c>?batch=1</c>.</remarks>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="pattern">The path, for example <c>/</c>.</param>
    /// <returns>The endpoint, to add conventions to.</returns>
    /// <exception cref="InvalidOperationException"><see cref="BrokerServerServiceCollectionExtensions.AddBrokerServer"/> was not called.</exception>
    public static IEndpointConventionBuilder MapBroker(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var broker = endpoints.ServiceProvider.GetService<BrokerEndpoint>()
            ?? throw new InvalidOperationException("Call services.AddBrokerServer() before app.MapBroker().");
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.Use(BufferedUpgradeFeature.PutBetween);
        pipeline.UseWebSockets();
        pipeline.Run(broker.ServeAsync);
        return endpoints.Map(pattern, pipeline.Build()).WithDisplayName("Promethean broker");
    }

    /// <summary>Lets those alone reach an endpoint who may connect to the broker, for example a metrics endpoint beside it.</summary>
    /// <remarks>Where the broker has a token, the request must bear it, else the answer is 401. Where it has none, and so listens on
    /// loopback only, the request must name a loopback host, else the answer is 403: a web page whose own name was made to resolve to
    /// this machine is turned away. Pages of foreign origins get 403 in either case.</remarks>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The same.</returns>
    public static TBuilder RequireBrokerToken<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.Add(builder =>
        {
            var admission = builder.ApplicationServices.GetService<ClientAdmission>()
                ?? throw new InvalidOperationException("Call services.AddBrokerServer() before RequireBrokerToken().");
            var next = builder.RequestDelegate
                ?? throw new InvalidOperationException($"The endpoint '{builder.DisplayName}' has nothing to answer with yet.");
            builder.RequestDelegate = context =>
                admission.CheckPage(context) is { } refusal ? BrokerEndpoint.RefuseAsync(context, refusal.Status, refusal.Reason) : next(context);
        });
        return endpoint;
    }
}
