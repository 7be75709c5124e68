using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Hosting;

/// <summary>A health report as JSON: the status and each check's, with its reason; no stack traces.</summary>
internal static class HealthReportWriter
{
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var checks = report.Entries.Select(entry => (JsonNode)new JsonObject
        {
            ["name"] = entry.Key,
            ["status"] = Name(entry.Value.Status),
            ["description"] = entry.Value.Description ?? entry.Value.Exception?.Message,
        });
        var body = new JsonObject { ["status"] = Name(report.Status), ["checks"] = new JsonArray([.. checks]) };
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Web), context.RequestAborted);
    }

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
