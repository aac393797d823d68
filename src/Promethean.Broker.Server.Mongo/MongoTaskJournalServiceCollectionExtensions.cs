using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Driver;

namespace Promethean.Broker.Server.Mongo;

/// <summary>Makes a broker's queues durable.</summary>
public static class MongoTaskJournalServiceCollectionExtensions
{
    /// <summary>Keeps the queues of the broker in this container in MongoDB.</summary>
    /// <remarks>The host starts when they are read, and does not where they cannot be, or where another broker that is alive has
    /// them. Indexes and the collections are made at the start.</remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="connectionString">What the driver connects to, for example <c>mongodb://127.0.0.1/?replicaSet=rs0</c>.</param>
    /// <param name="configure">Sets the options; may be left out.</param>
    /// <returns>The builder of the options, to bind or adjust them further.</returns>
    /// <exception cref="ArgumentException">The connection string is none.</exception>
    public static OptionsBuilder<MongoTaskJournalOptions> AddMongoTaskJournal(
        this IServiceCollection services, string connectionString, Action<MongoTaskJournalOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        MongoUrl url;
        try
        {
            url = MongoUrl.Create(connectionString);
        }
        catch (MongoConfigurationException)
        {
            // Neither the text nor what the driver says of it: a password may stand in there.
            throw new ArgumentException("This is no connection string of MongoDB; one begins with mongodb:// or mongodb+srv://.");
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MongoTaskJournalOptions>, MongoTaskJournalOptionsValidator>());
        services.TryAddSingleton<ITaskJournal>(provider => new MongoTaskJournal(
            url,
            provider.GetRequiredService<IOptions<MongoTaskJournalOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MongoTaskJournal>>()));
        var builder = services.AddOptions<MongoTaskJournalOptions>().ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }
}
