using Microsoft.AspNetCore.Mvc;

namespace IMDD.Cloud.Registry.Api;

/// <summary>What every route that changes something has in common.</summary>
internal static class EndpointDescription
{
    private const int MaxRequestBytes = 2 << 20;

    /// <summary>Bounds the request, says what may be answered, and has refusals written to the audit log.</summary>
    public static void Described(this RouteHandlerBuilder route, string action, string summary) => route
        .AddEndpointFilter(new RefusalAudit(action))
        .WithSummary(summary)
        .WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);
}
