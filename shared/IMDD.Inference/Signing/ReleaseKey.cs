using System.Security.Cryptography;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Signing;

/// <summary>The private key of who signs releases, ECDSA P-256 in PEM. It never goes to an edge box.</summary>
public sealed class ReleaseKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string PublicExtension = ".pub";

    private readonly ECDsa _key;

    private ReleaseKey(ECDsa key)
    {
        _key = key;
        Id = TrustedKey.IdOf(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Id of its public half.</summary>
    public string Id { get; }

    /// <summary>The public half's file, beside that of the private one.</summary>
    public static string PublicFileOf(string file) => file + PublicExtension;

    /// <summary>Makes a key pair: <paramref name="file"/> for the owner alone, and the public half beside it with <c>.pub</c>.</summary>
    /// <exception cref="SigningKeyException">A file is there already, or cannot be written.</exception>
    public static ReleaseKey Create(string file)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            Write(file, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
            Write(PublicFileOf(file), key.ExportSubjectPublicKeyInfoPem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            return new ReleaseKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Reads a private key.</summary>
    /// <exception cref="SigningKeyException">It is none, or of another kind.</exception>
    public static ReleaseKey Read(string file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            _ = new TrustedKey(key.ExportSubjectPublicKeyInfo());
            _ = key.ExportParameters(includePrivateParameters: true);
            return new ReleaseKey(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new SigningKeyException($"{file}: {e.Message} Expected a private key of ECDSA over NIST P-256 in PEM.", e);
        }
    }

    /// <summary>The envelope over a manifest's bytes, with this key's signature and the others.</summary>
    /// <param name="manifest">Bytes of <c>manifest.json</c>.</param>
    /// <param name="others">Signatures of other keys over the same bytes.</param>
    public DsseEnvelope Sign(ReadOnlySpan<byte> manifest, params IEnumerable<DsseSignature> others)
    {
        var signature = _key.SignData(
            PreAuthenticationEncoding.Of(DsseEnvelope.ModelPayloadType, manifest), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new DsseEnvelope
        {
            PayloadType = DsseEnvelope.ModelPayloadType,
            Payload = Convert.ToBase64String(manifest),
            Signatures = [.. others.Where(other => other.KeyId != Id), new DsseSignature { KeyId = Id, Sig = Convert.ToBase64String(signature) }],
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

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
            throw new SigningKeyException($"{file} cannot be written: {e.Message}", e);
        }
    }
}
