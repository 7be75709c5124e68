namespace IMDD.Contracts.Events;

/// <summary>OPC 40100-1 ResultState, as strings on the wire.</summary>
public static class ResultState
{
    public const string Completed = "completed";
    public const string Processing = "processing";
    public const string Aborted = "aborted";
    public const string Failed = "failed";
}
