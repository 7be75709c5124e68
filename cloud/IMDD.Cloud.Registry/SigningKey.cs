using IMDD.Hosting;
using IMDD.Inference.Signing;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry;

/// <summary>The key that signs releases: the one configured, or one of the registry's own, made at the first start.</summary>
internal sealed class SigningKey : IDisposable
{
    private const string OwnFile = "release.key";

    public SigningKey(IOptions<RegistryOptions> options, ILogger<SigningKey> logger)
    {
        var configured = options.Value.SigningKeyFile;
        var file = configured.Length > 0 ? configured : Path.Combine(options.Value.Directory, OwnFile);
        try
        {
            Directory.CreateDirectory(options.Value.Directory);
            Key = configured.Length > 0 || File.Exists(file) ? PrivateKey.Read(file) : PrivateKey.Create(file);
        }
        catch (Exception e) when (e is SigningKeyException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationInvalidException($"{RegistryOptions.Section}:{nameof(RegistryOptions.SigningKeyFile)}", e.Message, e);
        }

        Log.Signer(logger, Key.Id, Path.GetFullPath(PrivateKey.PublicFileOf(file)));
    }

    public PrivateKey Key { get; }

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}
