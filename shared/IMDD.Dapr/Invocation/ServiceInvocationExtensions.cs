using Dapr.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Dapr.Invocation;

/// <summary>Calls of another of our services.</summary>
public static class ServiceInvocationExtensions
{
    /// <summary>
    /// Sends what a client asks of a service through the sidecar, by the service's Dapr app id, where Dapr is on; else the client goes straight to
    /// the base address it was given.
    /// </summary>
    /// <param name="builder">The client, whose base address has been configured.</param>
    /// <param name="appId">The service's Dapr app id, one of <see cref="ServiceNames"/>.</param>
    public static IHttpClientBuilder AddServiceInvocation(this IHttpClientBuilder builder, string appId) => builder
        .ConfigureHttpClient((provider, http) =>
        {
            // A client without an address is one that is switched off.
            if (!IsOn(provider) || http.BaseAddress is null)
            {
                return;
            }

            http.BaseAddress = new Uri($"http://{appId}");
            if (provider.GetRequiredService<SidecarAddress>().ApiToken is { Length: > 0 } token)
            {
                http.DefaultRequestHeaders.Add("dapr-api-token", token);
            }
        })
        .ConfigureAdditionalHttpMessageHandlers((handlers, provider) =>
        {
            if (IsOn(provider))
            {
                // What DaprClient.CreateInvokeHttpClient puts into its clients; here the factory keeps looking after connections.
                handlers.Add(new InvocationHandler { DaprEndpoint = provider.GetRequiredService<SidecarAddress>().Http });
            }
        });

    private static bool IsOn(IServiceProvider provider) => provider.GetRequiredService<IOptions<DaprOptions>>().Value.Enabled;
}
