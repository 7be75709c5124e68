using System.Reactive.Concurrency;
using System.Text.Json.Serialization;
using IMDD.Cloud.Aggregator.Alarms;
using IMDD.Cloud.Aggregator.Drift;
using IMDD.Cloud.Aggregator.Ingest;
using IMDD.Cloud.Aggregator.Live;
using IMDD.Cloud.Aggregator.Queries;
using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Events;
using IMDD.Dapr;
using IMDD.Hosting;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator;

/// <summary>Puts the aggregator together.</summary>
public static class AggregatorExtensions
{
    /// <summary>Adds the aggregator: counting, windows, alarms, publishing, queries.</summary>
    public static WebApplicationBuilder AddAggregator(this WebApplicationBuilder builder)
    {
        builder.AddDapr();
        var services = builder.Services;
        services.AddValidatedOptions<AggregatorOptions>();
        services.AddSingleton<IValidateOptions<AggregatorOptions>, AggregatorOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddKafka();
        services.AddSingleton<AggregatorTelemetry>().AddSingleton<IScheduler, TimeProviderScheduler>();
        services.AddSingleton<PartitionClaims>().AddSingleton<BatchProcessor>().AddSingleton<IngestHealth>().AddSingleton<CatchUp>();
        services.AddSingleton<WindowSweeper>().AddSingleton<AlarmSweeper>().AddSingleton<QueryService>().AddSingleton<LiveFeed>();
        services.AddSingleton<DriftSweeper>().AddSingleton<DriftBook>();

        // In this order: the schema before whoever uses it.
        services.AddDatabase<AggregatorDbContext, AggregatorOptions>(Schema.Of);
        foreach (var group in IngestGroup.All)
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<IngestWorker>(provider, group));
        }

        services.AddHostedService<PeriodicWorker>();
        services.AddOutboxRelay<AggregatorDbContext>();

        services.AddHealthChecks().AddCheck<IngestHealth>("ingest", tags: [HealthTags.Ready]);
        services.AddProblemDetails();
        services.AddOpenApi(openApi => openApi.AddSchemaTransformer<OpenEnumSchemas>());
        services.ConfigureHttpJsonOptions(json =>
        {
            var options = json.SerializerOptions;
            options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.Encoder = ImddJson.Options.Encoder;
            foreach (var converter in ImddJson.Options.Converters)
            {
                options.Converters.Add(converter);
            }
        });
        return builder;
    }

    /// <summary>Maps the query API and its description, <c>/openapi/v1.json</c>.</summary>
    public static WebApplication MapAggregator(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.MapQueries();
        app.MapDrift();
        app.MapOpenApi();
        return app;
    }
}
