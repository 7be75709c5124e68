using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Relational;

/// <summary>Adds the state of a service.</summary>
public static class RelationalServiceCollectionExtensions
{
    /// <summary>Adds contexts of the database and its migration at start: to be called before whoever uses it is added.</summary>
    public static IServiceCollection AddDatabase<TContext, TOptions>(this IServiceCollection services, DatabaseSchema schema)
        where TContext : DbContext
        where TOptions : class, IDatabaseOptions
    {
        services.AddSingleton(schema);
        services.AddSingleton<IDatabaseOptions>(provider => provider.GetRequiredService<IOptions<TOptions>>().Value);
        services.AddSingleton<InstanceIdentity>();
        services.AddDbContextFactory<TContext>(
            (provider, database) => RelationalDatabase.Configure(database, provider.GetRequiredService<IDatabaseOptions>(), schema));
        return services.AddHostedService<SchemaMigrator<TContext>>();
    }

    /// <summary>Adds the worker that publishes what lies in the outbox.</summary>
    public static IServiceCollection AddOutboxRelay<TContext>(this IServiceCollection services)
        where TContext : DbContext
        => services.AddSingleton<OutboxRelay<TContext>>().AddHostedService(provider => provider.GetRequiredService<OutboxRelay<TContext>>());
}
