using System.Security.Cryptography;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Bundles;

/// <summary>The private key of who signs releases, ECDSA P-256 in PEM. It never goes to an edge box.</summary>
internal static class SigningKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string PublicExtension = ".pub";

    /// <summary>Makes a key pair: <paramref name="file"/> for the owner alone, and the public half beside it with <c>.pub</c>.</summary>
    /// <returns>The public half's file and the key's id.</returns>
    /// <exception cref="CommandFailedException">A file is there already, or cannot be written.</exception>
    public static (string PublicFile, string Id) Create(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicFile = file + PublicExtension;
        Write(file, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        Write(publicFile, key.ExportSubjectPublicKeyInfoPem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return (publicFile, TrustedKey.IdOf(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Reads a private key.</summary>
    /// <exception cref="CommandFailedException">It is none, or of another kind.</exception>
    public static ECDsa Read(string file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            _ = new TrustedKey(key.ExportSubjectPublicKeyInfo());
            _ = key.ExportParameters(includePrivateParameters: true);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new CommandFailedException($"{file}: {e.Message} Expected a private key of ECDSA over NIST P-256 in PEM.", inner: e);
        }
    }

    private static void Write(string file, string pem, UnixFileMode mode)
    {
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using FileStream stream = new(file, options);
            using StreamWriter writer = new(stream);
            writer.WriteLine(pem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} cannot be written: {e.Message}", inner: e);
        }
    }
}
