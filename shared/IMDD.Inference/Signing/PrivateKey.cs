using System.Security.Cryptography;
using System.Text;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Signing;

/// <summary>The private key of who signs releases or root documents, ECDSA P-256 in PEM. It never goes to an edge box.</summary>
public sealed class PrivateKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string PublicExtension = ".pub";

    private readonly ECDsa _key;

    private PrivateKey(ECDsa key)
    {
        _key = key;
        PublicKey = new TrustedKey(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Its public half.</summary>
    public TrustedKey PublicKey { get; }

    /// <summary>Id of its public half.</summary>
    public string Id => PublicKey.Id;

    /// <summary>The public half's file, beside that of the private one.</summary>
    public static string PublicFileOf(string file) => file + PublicExtension;

    /// <summary>Makes a key pair: <paramref name="file"/> for the owner alone, and the public half beside it with <c>.pub</c>.</summary>
    /// <exception cref="SigningKeyException">A file is there already, or cannot be written.</exception>
    public static PrivateKey Create(string file)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            Write(file, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
            Write(PublicFileOf(file), key.ExportSubjectPublicKeyInfoPem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            return new PrivateKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Reads a private key.</summary>
    /// <exception cref="SigningKeyException">It is none, or of another kind.</exception>
    public static PrivateKey Read(string file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            _ = new TrustedKey(key.ExportSubjectPublicKeyInfo());
            _ = key.ExportParameters(includePrivateParameters: true);
            return new PrivateKey(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new SigningKeyException($"{file}: {e.Message} Expected a private key of ECDSA over NIST P-256 in PEM.", e);
        }
    }

    /// <summary>The envelope over a document's bytes, with this key's signature and the others.</summary>
    /// <param name="payloadType">What the document is; a signature over one type is none over another.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="others">Signatures of other keys over the same bytes.</param>
    public DsseEnvelope Sign(string payloadType, ReadOnlySpan<byte> payload, params IEnumerable<DsseSignature> others)
    {
        var signature = _key.SignData(PreAuthenticationEncoding.Of(payloadType, payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new DsseEnvelope
        {
            PayloadType = payloadType,
            Payload = Convert.ToBase64String(payload),
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
            stream.Write(Encoding.ASCII.GetBytes(pem + "\n"));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"{file} cannot be written: {e.Message}", e);
        }
    }
}
