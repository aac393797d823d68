using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Promethean.SafeHttp;

/// <summary>Registers the guarded handler.</summary>
public static class SafeHttpServiceCollectionExtensions
{
    /// <summary>
    /// Adds one shared <see cref="SafeHttpHandler"/>. Make clients over it with <c>new HttpClient(handler, disposeHandler: false)</c>,
    /// or hand it to an HTTP client factory as primary handler.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">What may be reached; null for options registered elsewhere, or else the defaults.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException">Options are given, and others are registered already.</exception>
    public static IServiceCollection AddSafeHttp(this IServiceCollection services, SafeHttpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (options is not null && services.Any(service => service.ServiceType == typeof(SafeHttpOptions)))
        {
            throw new InvalidOperationException(
                $"{nameof(SafeHttpOptions)} are registered already, and a second rule would be ignored. Add them once, or make a {nameof(SafeHttpHandler)} of your own.");
        }

        services.TryAddSingleton(options ?? new SafeHttpOptions());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
            new SafeHttpHandler(provider.GetRequiredService<SafeHttpOptions>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
