using Dapr;
using Dapr.Client;
using Grpc.Core;

namespace IMDD.Dapr;

/// <summary>The client of the sidecar's API, with a limit on how long a call takes and one exception for all that goes wrong.</summary>
internal sealed class Sidecar : IDisposable
{
    private readonly DaprClient _client;
    private readonly TimeSpan _timeout;

    public Sidecar(SidecarAddress address, DaprOptions options)
    {
        var builder = new DaprClientBuilder().UseHttpEndpoint(address.Http).UseGrpcEndpoint(address.Grpc);
        _client = (address.ApiToken is { Length: > 0 } token ? builder.UseDaprApiToken(token) : builder).Build();
        _timeout = options.Timeout;
        Address = address;
    }

    public SidecarAddress Address { get; }

    /// <summary>Asks the sidecar.</summary>
    /// <param name="action">What for, as it follows "cannot".</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SidecarException">It did not do it, or not in time.</exception>
    public async Task<T> CallAsync<T>(string action, Func<DaprClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        try
        {
            return await call(_client, limit.Token);
        }
        catch (Exception e) when (e is DaprException or RpcException or HttpRequestException or OperationCanceledException)
        {
            // The client tells of a cancelled call in more than one way.
            cancellationToken.ThrowIfCancellationRequested();
            throw new SidecarException(action, limit.IsCancellationRequested ? $"no answer from {Address.Grpc} within {_timeout}" : ReasonOf(e), e);
        }
    }

    /// <summary>True when the sidecar can be asked, whether or not it has found this service yet.</summary>
    public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync("be asked for its health", (client, limit) => client.CheckOutboundHealthAsync(limit), cancellationToken);
        }
        catch (SidecarException)
        {
            return false;
        }
    }

    public void Dispose() => _client.Dispose();

    private static string ReasonOf(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is RpcException rpc)
            {
                return $"{rpc.StatusCode}: {rpc.Status.Detail}";
            }
        }

        return e.GetBaseException().Message;
    }
}
