using System.Text.Json.Serialization;
using IMDD.Cloud.Trainer.Api;
using IMDD.Cloud.Trainer.Children;
using IMDD.Cloud.Trainer.Ingest;
using IMDD.Cloud.Trainer.Registry;
using IMDD.Cloud.Trainer.Replay;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Cloud.Trainer.Snapshots;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Dapr;
using IMDD.Dapr.Invocation;
using IMDD.Dapr.Notices;
using IMDD.Hosting;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using IMDD.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer;

/// <summary>Puts the trainer together.</summary>
public static class TrainerExtensions
{
    /// <summary>Adds the trainer: labels, triggers, runs, API. Reads sections <c>Trainer</c>, <c>Kafka</c>, <c>Blobs</c> and <c>Dapr</c>.</summary>
    public static WebApplicationBuilder AddTrainer(this WebApplicationBuilder builder)
    {
        builder.AddDapr();
        var services = builder.Services;
        services.AddValidatedOptions<TrainerOptions>();
        services.AddSingleton<IValidateOptions<TrainerOptions>, TrainerOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddKafka();
        services.AddBlobStore();

        // A file goes up in one request, however large.
        services.AddHttpClient(RegistryClient.HttpClientName, (provider, client) =>
        {
            client.BaseAddress = provider.GetRequiredService<IOptions<TrainerOptions>>().Value.RegistryUrl;
            client.Timeout = Timeout.InfiniteTimeSpan;
        }).AddServiceInvocation(ServiceNames.Registry);
        services.AddSingleton<TrainerTelemetry>().AddSingleton<IngestHealth>().AddSingleton<LabelIntake>();
        services.AddSingleton<RegistryClient>().AddSingleton<SnapshotMaker>().AddSingleton<TrainingChild>();
        services.AddSingleton<StationBook>().AddSingleton<StationPredictor>().AddSingleton<CameraReferences>();
        services.AddSingleton<RunBook>().AddSingleton<RunFolders>().AddSingleton<RunLease>().AddSingleton<RunGuard>().AddSingleton<RunTriggers>().AddSingleton<RunExecutor>();

        // In this order: the schema before whoever uses it.
        services.AddDatabase<TrainerDbContext, TrainerOptions>(Schema.Of);
        services.AddHostedService<IngestWorker>();
        services.AddOutboxRelay<TrainerDbContext>();
        services.AddSingleton<RunWorker>().AddHostedService(provider => provider.GetRequiredService<RunWorker>());

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

    /// <summary>Maps the training API and its description, <c>/openapi/v1.json</c>.</summary>
    public static WebApplication MapTrainer(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.MapTraining();
        app.MapNotices();
        app.MapOpenApi();
        return app;
    }
}
