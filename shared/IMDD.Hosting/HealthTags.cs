namespace IMDD.Hosting;

/// <summary>Tags that put a health check under an endpoint: <c>AddHealthChecks().AddCheck&lt;T&gt;("mqtt", tags: [HealthTags.Ready])</c>.</summary>
public static class HealthTags
{
    /// <summary>Under <c>/health/live</c>: the process is worth keeping. Never a check of something outside of the process.</summary>
    public const string Live = "live";

    /// <summary>Under <c>/health/ready</c>: the service can do its work now.</summary>
    public const string Ready = "ready";
}
