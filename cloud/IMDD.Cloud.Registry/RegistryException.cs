namespace IMDD.Cloud.Registry;

/// <summary>What was asked for cannot be done; answered with this status and message.</summary>
internal sealed class RegistryException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    public static RegistryException Invalid(string message) => new(StatusCodes.Status400BadRequest, message);

    public static RegistryException Unknown(string message) => new(StatusCodes.Status404NotFound, message);

    public static RegistryException Forbidden(string message) => new(StatusCodes.Status409Conflict, message);
}
