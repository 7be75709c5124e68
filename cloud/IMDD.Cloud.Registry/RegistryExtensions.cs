using System.Text.Json.Serialization;
using IMDD.Cloud.Registry.Api;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.Recipes;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Cloud.Registry.Trust;
using IMDD.Contracts.Events;
using IMDD.Dapr;
using IMDD.Hosting;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using IMDD.Relational;
using IMDD.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry;

/// <summary>Puts the registry together.</summary>
public static class RegistryExtensions
{
    /// <summary>Adds the registry: releases, aliases, what agents are to run, downloads.</summary>
    public static WebApplicationBuilder AddRegistry(this WebApplicationBuilder builder)
    {
        builder.AddDapr();
        var services = builder.Services;
        services.AddValidatedOptions<RegistryOptions>();
        services.AddSingleton<IValidateOptions<RegistryOptions>, RegistryOptionsValidator>();
        services.AddSingleton<IPostConfigureOptions<MqttSessionOptions>, RegistryClientId>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMqtt().AddKafka().AddBlobStore();
        services.AddSingleton<SigningKey>().AddSingleton<RegistryIdentity>().AddSingleton<BundleCheck>().AddSingleton<ReleaseMaker>().AddSingleton<RootBook>().AddSingleton<DatasetBook>();
        services.AddSingleton<RecipeBook>().AddSingleton<RecipeAssigner>().AddSingleton<RecipeWithdrawer>();
        services.AddSingleton<ReleaseContent>().AddSingleton<RecipeContent>().AddSingleton<RolloutContents>();
        services.AddSingleton<FleetWishes>().AddSingleton<FleetCounters>().AddSingleton<FleetStore>().AddSingleton<ModelRegistry>().AddSingleton<ModelQueries>();
        services.AddSingleton<ModelAliases>().AddSingleton<RolloutBook>().AddSingleton<RolloutDriver>().AddSingleton<RolloutEnd>().AddSingleton<RolloutFeedback>();
        services.AddSingleton<IOutboxObserver, PromotionNotice>();

        // In this order: the schema before whoever uses it.
        services.AddDatabase<RegistryDbContext, RegistryOptions>(Schema.Of);
        services.AddSingleton<FleetLink>().AddHostedService(provider => provider.GetRequiredService<FleetLink>());
        services.AddHostedService<RolloutWorker>();
        services.AddOutboxRelay<RegistryDbContext>();

        services.AddHealthChecks().AddCheck<FleetHealthCheck>("mqtt", tags: [HealthTags.Ready]);
        services.AddProblemDetails().AddExceptionHandler<RegistryErrors>();
        services.AddOpenApi();

        // A body that is no request is answered with the field that is wrong, outside of development too.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            var options = json.SerializerOptions;
            options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.NumberHandling = ImddJson.Options.NumberHandling;
            options.PropertyNameCaseInsensitive = false;
            options.RespectNullableAnnotations = true;
            options.RespectRequiredConstructorParameters = true;
            options.Encoder = ImddJson.Options.Encoder;
            foreach (var converter in ImddJson.Options.Converters)
            {
                options.Converters.Add(converter);
            }
        });
        return builder;
    }

    /// <summary>Maps the API and its description, <c>/openapi/v1.json</c>.</summary>
    public static WebApplication MapRegistry(this WebApplication app)
    {
        // Made now: a key that cannot be used is found at the start.
        _ = app.Services.GetRequiredService<SigningKey>();
        app.UseExceptionHandler();
        app.MapModels();
        app.MapRollouts();
        app.MapDatasets();
        app.MapRoots();
        app.MapRecipes();
        app.MapAudit();
        app.MapBlobs();
        app.MapOpenApi();
        return app;
    }
}
