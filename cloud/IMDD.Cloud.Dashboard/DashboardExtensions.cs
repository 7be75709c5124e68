using IMDD.Cloud.Dashboard.Components;
using IMDD.Cloud.Dashboard.Feeds;
using IMDD.Cloud.Dashboard.Frames;
using IMDD.Cloud.Dashboard.State;
using IMDD.Dapr;
using IMDD.Dapr.Invocation;
using IMDD.Dapr.Notices;
using IMDD.Hosting;
using IMDD.Imaging;
using IMDD.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using MudBlazor.Services;

namespace IMDD.Cloud.Dashboard;

/// <summary>The dashboard as a service.</summary>
public static class DashboardExtensions
{
    private const long MaxAnswerBytes = 64 << 20;

    // A painted mask comes from the browser as run lengths; other messages are a few bytes.
    private const long MaxDrawingBytes = 2 << 20;

    /// <summary>Adds the page, what feeds it and the pictures; reads sections <c>Dashboard</c>, <c>Blobs</c> and <c>Dapr</c>.</summary>
    public static WebApplicationBuilder AddDashboard(this WebApplicationBuilder builder)
    {
        // From a build folder the assets lie where their packages are; a published service has them beside it.
        if (StaticAssetManifest.Runtime(builder.Environment.ApplicationName) is { } manifest)
        {
            builder.WebHost.UseSetting(WebHostDefaults.StaticWebAssetsKey, manifest);
            builder.WebHost.UseStaticWebAssets();
        }

        builder.AddDapr();
        var services = builder.Services;
        services.AddValidatedOptions<DashboardOptions>();
        services.AddSingleton<IValidateOptions<DashboardOptions>, DashboardOptionsValidator>();
        services.AddBlobStore();
        services.AddSingleton<IImageDecoder, OpenCvImageDecoder>();
        services.AddSingleton<PlantStore>();
        services.AddSingleton<PlantClock>();
        services.AddSingleton<FigureFreshness>();
        services.AddHttpClient<AggregatorClient>((provider, http) =>
        {
            var options = provider.GetRequiredService<IOptions<DashboardOptions>>().Value;
            http.BaseAddress = options.AggregatorUrl;
            http.Timeout = options.AggregatorTimeout;
            http.MaxResponseContentBufferSize = MaxAnswerBytes;
        }).AddServiceInvocation(ServiceNames.Aggregator);
        services.AddHttpClient<CuratorClient>((provider, http) =>
        {
            var options = provider.GetRequiredService<IOptions<DashboardOptions>>().Value;
            http.BaseAddress = options.CuratorUrl;
            http.Timeout = options.AggregatorTimeout;
            http.MaxResponseContentBufferSize = MaxAnswerBytes;
        }).AddServiceInvocation(ServiceNames.Curator);
        services.AddHttpClient<LearningClient>((provider, http) =>
        {
            var options = provider.GetRequiredService<IOptions<DashboardOptions>>().Value;
            http.BaseAddress = options.LearningUrl;
            http.Timeout = options.AggregatorTimeout;
            http.MaxResponseContentBufferSize = MaxAnswerBytes;
        });
        services.AddHostedService<FigureFeed>();
        services.AddHealthChecks().AddCheck<AggregatorHealthCheck>("aggregator", tags: [HealthTags.Ready]);
        services.AddProblemDetails();
        services.AddAntiforgery(antiforgery => antiforgery.SuppressXFrameOptionsHeader = true);

        // Protects nothing that outlives the process: pages load again when it starts again. So there are no keys to keep.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxDrawingBytes);
        services.AddMudServices();
        return builder;
    }

    /// <summary>Maps the pages at <c>/</c>, <c>/review</c> and <c>/learning</c>, and the pictures at <c>/frames/{digest}</c>.</summary>
    public static WebApplication MapDashboard(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseAntiforgery();
        app.MapStaticAssets(StaticAssetManifest.Endpoints(app.Environment.ApplicationName));
        app.MapFrames();
        app.MapNotices();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }
}
