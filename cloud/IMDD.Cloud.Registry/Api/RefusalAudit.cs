using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Audit;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Writes down what was asked for and refused; what is done is written by who does it, in the same transaction.</summary>
/// <param name="action">An <see cref="AuditAction"/>.</param>
internal sealed class RefusalAudit(string action) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RegistryException e)
        {
            var services = context.HttpContext.RequestServices;
            var subject = string.Join(' ', context.HttpContext.Request.RouteValues.Values);
            await using var database = await services.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContextAsync(context.HttpContext.RequestAborted);
            await using var transaction = await database.Database.BeginTransactionAsync(context.HttpContext.RequestAborted);
            AuditLog.Append(
                database, context.Arguments.OfType<IAttributed>().FirstOrDefault()?.By, action, subject, AuditOutcome.Refused, e.Message,
                services.GetRequiredService<RegistryIdentity>().Now().Time);
            await transaction.CommitAsync(context.HttpContext.RequestAborted);
            throw;
        }
    }
}
