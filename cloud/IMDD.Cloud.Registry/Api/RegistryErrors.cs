using IMDD.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Answers what was foreseen with its status and message.</summary>
internal sealed class RegistryErrors(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, message) = exception switch
        {
            RegistryException e => (e.Status, e.Message),
            BadHttpRequestException e => (e.StatusCode, (e.InnerException ?? e).Message),
            BlobStoreException { IsTransient: true } e => (StatusCodes.Status503ServiceUnavailable, e.Message),
            _ => (0, ""),
        };
        if (status == 0)
        {
            return false;
        }

        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = status, Detail = message },
        });
    }
}
