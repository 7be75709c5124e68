namespace IMDD.Dapr.Tests.Double;

/// <summary>A call that the double refuses.</summary>
internal sealed class GrpcError(int status, string detail) : Exception(detail)
{
    public const int Aborted = 10;
    public const int NotFound = 5;
    public const int InvalidArgument = 3;

    public int Status { get; } = status;
}
