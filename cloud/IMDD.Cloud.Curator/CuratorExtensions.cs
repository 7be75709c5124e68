using System.Text.Json.Serialization;
using IMDD.Cloud.Curator.Agreement;
using IMDD.Cloud.Curator.Api;
using IMDD.Cloud.Curator.Ingest;
using IMDD.Cloud.Curator.Labels;
using IMDD.Cloud.Curator.Queue;
using IMDD.Cloud.Curator.Ranking;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Events;
using IMDD.Dapr;
using IMDD.Hosting;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using IMDD.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Curator;

/// <summary>Puts the curator together.</summary>
public static class CuratorExtensions
{
    /// <summary>Adds the curator: queue, labels, consensus, publishing, API. Reads sections <c>Curator</c>, <c>Kafka</c> and <c>Blobs</c>.</summary>
    public static WebApplicationBuilder AddCurator(this WebApplicationBuilder builder)
    {
        builder.AddDapr();
        var services = builder.Services;
        services.AddValidatedOptions<CuratorOptions>();
        services.AddSingleton<IValidateOptions<CuratorOptions>, CuratorOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddKafka();
        services.AddBlobStore();
        services.AddSingleton<CuratorTelemetry>().AddSingleton<IngestHealth>();
        services.AddSingleton<ExampleIntake>().AddSingleton<ReviewQueue>().AddSingleton<MaskBlobs>().AddSingleton<LabelDesk>().AddSingleton<AgreementReport>();
        services.AddSingleton<IOutboxObserver, AgreedLabelsNotice>();

        // In this order: the schema before whoever uses it.
        services.AddDatabase<CuratorDbContext, CuratorOptions>(Schema.Of);
        services.AddHostedService<IngestWorker>();
        services.AddSingleton<QueueRanker>().AddHostedService<RankWorker>();
        services.AddOutboxRelay<CuratorDbContext>();

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

    /// <summary>Maps the review API and its description, <c>/openapi/v1.json</c>.</summary>
    public static WebApplication MapCurator(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.MapReview();
        app.MapOpenApi();
        return app;
    }
}
