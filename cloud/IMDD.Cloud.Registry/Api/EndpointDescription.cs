using Microsoft.AspNetCore.Mvc;

namespace IMDD.Cloud.Registry.Api;

/// <summary>What every route that changes something has in common.</summary>
internal static class EndpointDescription
{
    private const int MaxRequestBytes = 2 << 20;

    /// <summary>Bounds the request and says what may be answered.</summary>
    public static void Described(this RouteHandlerBuilder route, string summary) => route
        .WithSummary(summary)
        .WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);
}
