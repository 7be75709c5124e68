using IMDD.Contracts.Events;
using IMDD.Edge.Agent.DeadLetters;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Evidence;
using IMDD.Edge.Agent.Examples;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Health;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Publishing;
using IMDD.Edge.Agent.State;
using IMDD.Edge.Agent.Statistics;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Hosting;
using IMDD.Imaging;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using IMDD.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent;

/// <summary>Puts an edge agent into a host.</summary>
public static class EdgeAgentExtensions
{
    private const string JournalFile = "attempts.journal";
    private const string RunMarkFile = "running.mark";
    private const string SpoolFolder = "spool";
    private const string DeadLetterFolderName = "dead-letters";

    /// <summary>Adds an edge agent, by the sections under <c>Edge</c>, <c>Mqtt</c>, <c>Kafka</c> and <c>Blobs</c>.</summary>
    public static WebApplicationBuilder AddEdgeAgent(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddMqtt().AddKafka().AddBlobStore();
        AddOptions(services);
        AddStore(services);
        AddInspection(services);
        AddExamples(services);
        AddPublishing(services);
        AddDelivery(services);
        services.AddHostedService<AgentWorker>();
        services.AddHealthChecks()
            .AddCheck<StoreHealthCheck>("store", tags: [HealthTags.Ready])
            .AddCheck<ModelHealthCheck>("model", tags: [HealthTags.Ready])
            .AddCheck<MqttHealthCheck>("mqtt", tags: [HealthTags.Ready]);
        return builder;
    }

    /// <summary>Maps <c>/state</c>: the agent's and its cameras' state as of now, for a person or a script on the box.</summary>
    public static WebApplication MapEdgeAgent(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapGet("/state", (BirthCertificate birth, CameraLines lines, OutcomeStore store, InFlightFrames inFlight) => Results.Json(
            new
            {
                Agent = birth.Now(EdgeStateWord.Online).State,
                Cameras = lines.All.Select(l => l.Watch.State(l.Path.Camera)).OrderBy(c => c.CameraId, StringComparer.Ordinal),
                InFlight = inFlight.Count,
                Store = new { store.Writer.Backlog, store.Writer.UsedBytes, OldestUnconfirmed = store.Reader.OldestUnconfirmed(), Closed = store.Admission.Reason, store.Damaged },
            },
            ImddJson.Options));
        return app;
    }

    private static void AddOptions(IServiceCollection services)
    {
        Add<AgentOptions>();
        Add<StoreOptions>();
        Add<ModelOptions>();
        Add<EvidenceOptions>();
        Add<HardExampleOptions>();
        Add<StatisticsOptions>();
        Add<DeadLetterOptions>();
        Add<RecipeOptions>();
        Add<DeliveryOptions>();
        services.AddSingleton<IValidateOptions<AgentOptions>, AgentOptionsValidator>();
        services.AddSingleton<IValidateOptions<ModelOptions>, ModelOptionsValidator>();
        services.AddSingleton<IValidateOptions<RecipeOptions>, RecipeOptionsValidator>();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>();
        services.AddSingleton<IValidateOptions<HardExampleOptions>, HardExampleOptionsValidator>();
        services.AddSingleton<IValidateOptions<StatisticsOptions>, StatisticsOptionsValidator>();
        services.AddSingleton<IPostConfigureOptions<MqttSessionOptions>, AgentClientId>();

        void Add<T>()
            where T : class
        {
            services.AddValidatedOptions<T>();
            services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        }
    }

    private static void AddStore(IServiceCollection services)
    {
        services.AddSingleton<AgentIdentity>();
        services.AddSingleton(provider => provider.GetRequiredService<AgentOptions>().AllowFaultInjection
            ? CrashPoints.Parse(Environment.GetEnvironmentVariable(CrashPoints.Variable))
            : CrashPoints.None);
        services.AddSingleton<AgentTelemetry>();
        services.AddSingleton(provider => OutcomeStore.Open(
            provider.GetRequiredService<StoreOptions>(), provider.GetRequiredService<AgentIdentity>().Source, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutcomeStore>>()));
        services.AddSingleton(provider =>
        {
            // After the store: its lock on the folder keeps a second process from the journal too.
            _ = provider.GetRequiredService<OutcomeStore>();
            var options = provider.GetRequiredService<StoreOptions>();
            return new AttemptJournal(Path.Combine(options.Directory, JournalFile), options.RememberIds, provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton(provider =>
        {
            var store = provider.GetRequiredService<OutcomeStore>();
            return new EvidenceSpool(
                Path.Combine(provider.GetRequiredService<StoreOptions>().Directory, SpoolFolder), provider.GetRequiredService<EvidenceOptions>(),
                store.Reader.Evidence(after: null, int.MaxValue), store.Reader.Examples(after: null, int.MaxValue), store.Reader.Number(EvidenceNumbers.Day), store.Reader.Number(EvidenceNumbers.Bytes),
                provider.GetRequiredService<AgentTelemetry>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EvidenceSpool>>());
        });
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<DeadLetterOptions>();
            var folder = options.Directory.Length > 0
                ? options.Directory
                : Path.Combine(provider.GetRequiredService<StoreOptions>().Directory, DeadLetterFolderName);
            return new DeadLetterFolder(
                folder, options, provider.GetRequiredService<AgentTelemetry>(), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<DeadLetterFolder>>());
        });
    }

    private static void AddInspection(IServiceCollection services)
    {
        services.TryAddSingleton<IImageDecoder, OpenCvImageDecoder>();
        services.AddSingleton<ModelLoader>();
        services.TryAddSingleton<IModelLoader>(provider => provider.GetRequiredService<ModelLoader>());
        services.AddSingleton<RecipeLedger>();
        services.AddSingleton(provider =>
        {
            // After the store: its lock on the folder keeps a second process from the slots too.
            _ = provider.GetRequiredService<OutcomeStore>();
            return ActivatorUtilities.CreateInstance<CameraGroups>(provider);
        });
        services.AddSingleton(provider => new RunMark(
            provider.GetRequiredService<CameraGroups>().All.Count > 1 ? Path.Combine(Path.GetFullPath(provider.GetRequiredService<StoreOptions>().Directory), RunMarkFile) : null));
        services.AddSingleton<ReferencePictures>();
        services.AddSingleton<InFlightFrames>();
        services.AddSingleton<OutcomeBuilder>();
        services.AddSingleton<FrameCompletion>();
        services.AddSingleton(provider => new CameraLines(
            provider.GetRequiredService<AgentOptions>(), provider.GetRequiredService<AgentIdentity>(), provider.GetRequiredService<CameraGroups>(), provider.GetRequiredService<ReferencePictures>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<FrameCompletion>().Store));
        services.AddSingleton(provider => new CameraQueues(provider.GetRequiredService<AgentOptions>().QueueCapacity));
        services.AddSingleton<IsolationGate>();
        services.AddSingleton<DecodeStage>();
        services.AddSingleton<Inspector>();
        services.AddSingleton<FrameIntake>();
        services.AddSingleton<NeverArrivedWatch>();
    }

    private static void AddExamples(IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var store = provider.GetRequiredService<OutcomeStore>();
            return new ExampleAdmission(
                provider.GetRequiredService<HardExampleOptions>(), store.Reader.Number(ExampleNumbers.Day), store.Reader.Number(ExampleNumbers.Used),
                provider.GetRequiredService<AgentTelemetry>());
        });
        services.AddSingleton<ShadowModel>();
        services.AddSingleton<HardExamples>();
        services.AddSingleton<CameraStatisticsCollector>();
        services.AddSingleton<ExampleUploader>();
        services.AddSingleton<ExampleCollector>();
    }

    private static void AddDelivery(IServiceCollection services)
    {
        services.AddHttpClient(RegistryClient.ClientName);
        services.AddSingleton(provider =>
        {
            _ = provider.GetRequiredService<OutcomeStore>();
            return ActivatorUtilities.CreateInstance<TrustStore>(provider);
        });
        services.AddSingleton<RootUpdate>();
        services.AddSingleton<BundleOpener>();
        services.AddSingleton<RegistryClient>();
        services.AddSingleton<BundleDownload>();
        services.AddSingleton<CandidateTurn>();
        services.AddSingleton<FeedbackPublisher>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ModelDelivery>(
            provider, (IReadOnlyList<GroupDelivery>)[.. provider.GetRequiredService<CameraGroups>().All.Select(group => DeliveryFor(provider, group))]));
    }

    private static GroupDelivery DeliveryFor(IServiceProvider provider, CameraGroup group) => ActivatorUtilities.CreateInstance<GroupDelivery>(
        provider, group, ActivatorUtilities.CreateInstance<RecipeDelivery>(provider, group), ActivatorUtilities.CreateInstance<CandidateLoader>(provider, group));

    private static void AddPublishing(IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IKafkaClientFactory>().CreatePublisher());
        services.AddSingleton(provider => new KafkaOutboxPublisher(
            provider.GetRequiredService<OutcomeStore>(), provider.GetRequiredService<IKafkaPublisher>(), provider.GetRequiredService<DeadLetterFolder>(),
            provider.GetRequiredService<EvidenceOptions>().BlobWait, provider.GetRequiredService<CrashPoints>(), provider.GetRequiredService<AgentTelemetry>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KafkaOutboxPublisher>>()));
        services.AddSingleton<ReceiptPublisher>();
        services.AddSingleton<EvidenceUploader>();
        services.AddSingleton<BirthCertificate>();
        services.AddSingleton<EdgeStateRelay>();
        services.AddSingleton<BalanceRelay>();
        services.AddSingleton<StatePublisher>();
        services.AddSingleton<AgentSessions>();
    }
}
