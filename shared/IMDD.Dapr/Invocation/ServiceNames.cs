namespace IMDD.Dapr.Invocation;

/// <summary>Dapr app ids of our services that others call.</summary>
public static class ServiceNames
{
    public const string Aggregator = "aggregator";

    public const string Curator = "curator";

    public const string Registry = "registry";
}
