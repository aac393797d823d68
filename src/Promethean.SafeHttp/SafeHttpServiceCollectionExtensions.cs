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
    public static IServiceCollection AddSafeHttp(this IServiceCollection services, SafeHttpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(options ?? new SafeHttpOptions());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
            new SafeHttpHandler(provider.GetRequiredService<SafeHttpOptions>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
