using Microsoft.Extensions.Configuration;

namespace IMDD.Dapr;

/// <summary>Where the sidecar listens: as the options say, else as Dapr's own variables do, else where it does by default.</summary>
/// <param name="Http">Of its HTTP API.</param>
/// <param name="Grpc">Of its gRPC API.</param>
/// <param name="ApiToken">What it wants to be shown; null: nothing.</param>
internal sealed record SidecarAddress(string Http, string Grpc, string? ApiToken)
{
    public static SidecarAddress Of(DaprOptions options, IConfiguration configuration) => new(
        Of(options.HttpEndpoint, configuration["DAPR_HTTP_ENDPOINT"], configuration["DAPR_HTTP_PORT"], "3500"),
        Of(options.GrpcEndpoint, configuration["DAPR_GRPC_ENDPOINT"], configuration["DAPR_GRPC_PORT"], "50001"),
        configuration["DAPR_API_TOKEN"]);

    private static string Of(Uri? configured, string? endpoint, string? port, string otherwise)
        => configured?.ToString().TrimEnd('/') ?? Given(endpoint) ?? $"http://127.0.0.1:{Given(port) ?? otherwise}";

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
