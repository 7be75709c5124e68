namespace IMDD.Dapr.Secrets;

/// <summary>Values that do not belong into a configuration file.</summary>
public interface ISecretStore
{
    /// <summary>Where it looks, for messages.</summary>
    string Description { get; }

    /// <summary>The secret; null where there is none of this name.</summary>
    /// <exception cref="SidecarException">The store cannot be asked.</exception>
    Task<string?> FindAsync(string name, CancellationToken cancellationToken);
}
