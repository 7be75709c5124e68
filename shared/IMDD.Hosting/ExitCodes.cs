namespace IMDD.Hosting;

/// <summary>Exit codes of every service, for systemd units, orchestrators and scripts.</summary>
public static class ExitCodes
{
    /// <summary>Stopped as asked (SIGTERM, SIGINT).</summary>
    public const int Stopped = 0;

    /// <summary>Failed at start or while running: a worker ended with an exception, a port was taken, …; worth a restart.</summary>
    public const int Failed = 1;

    /// <summary>The configuration is invalid; a restart does not help until it is mended.</summary>
    public const int ConfigurationInvalid = 2;

    /// <summary>The service's store cannot be opened.</summary>
    public const int StoreUnavailable = 3;
}
