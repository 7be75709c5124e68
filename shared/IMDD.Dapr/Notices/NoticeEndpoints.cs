using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Dapr.Notices;

/// <summary>Where the sidecar asks what this service listens to, and brings it.</summary>
public static class NoticeEndpoints
{
    private const string Route = "/dapr/notices";

    /// <summary>Maps the endpoints where Dapr is on; else none.</summary>
    public static WebApplication MapNotices(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<IOptions<DaprOptions>>().Value;
        if (!options.Enabled)
        {
            return app;
        }

        app.MapGet("/dapr/subscribe", (NoticeListeners listeners)
            => listeners.Topics.Select(topic => new { pubsubname = options.PubSub, topic, route = $"{Route}/{topic}" })).ExcludeFromDescription();

        // The topic says all there is to say, so the body is never read. Anything but a success would have it brought again.
        app.MapPost($"{Route}/{{topic}}", (string topic, NoticeListeners listeners) =>
        {
            listeners.Tell(topic);
            return Results.Ok();
        }).ExcludeFromDescription();
        return app;
    }
}
