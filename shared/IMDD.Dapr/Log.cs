using Microsoft.Extensions.Logging;

namespace IMDD.Dapr;

/// <summary>Messages an operator may search for.</summary>
internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Information, "The Dapr sidecar answers at {Http} and {Grpc}")]
    public static partial void SidecarThere(ILogger logger, string http, string grpc);

    [LoggerMessage(7002, LogLevel.Error, "{Key} is true, and no Dapr sidecar answers at {Http} (gRPC {Grpc}): what needs it waits, the rest goes on")]
    public static partial void SidecarAway(ILogger logger, string http, string grpc, string key);

    [LoggerMessage(7003, LogLevel.Warning, "Notice {Topic} is not sent, who waits for it finds out at its next look: {Error}")]
    public static partial void NoticeLost(ILogger logger, string topic, string error);
}
