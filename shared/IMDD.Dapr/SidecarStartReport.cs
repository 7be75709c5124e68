using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IMDD.Dapr;

/// <summary>Says at start whether the sidecar is there. The service starts either way: what does not need the sidecar goes on without it.</summary>
internal sealed class SidecarStartReport(Sidecar sidecar, ILogger<SidecarStartReport> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await sidecar.IsThereAsync(stoppingToken))
            {
                Log.SidecarThere(logger, sidecar.Address.Http, sidecar.Address.Grpc);
            }
            else
            {
                Log.SidecarAway(logger, sidecar.Address.Http, sidecar.Address.Grpc, $"{DaprOptions.Section}:{nameof(DaprOptions.Enabled)}");
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }
}
