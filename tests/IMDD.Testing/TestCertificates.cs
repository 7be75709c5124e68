using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IMDD.Testing;

/// <summary>An authority of its own that issues PEM files into a folder, valid from yesterday for a month.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly string _folder;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    /// <param name="folder">Folder for the files.</param>
    /// <param name="name">Common name and file name of the authority.</param>
    public TestCertificates(string folder, string name = "ca")
    {
        _folder = folder;
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(_now.AddDays(-1), _now.AddDays(31));
        AuthorityFile = Path.Combine(folder, $"{name}.pem");
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    /// <summary>The authority's certificate.</summary>
    public string AuthorityFile { get; }

    /// <summary>A server's certificate for 127.0.0.1 and localhost.</summary>
    public (string CertificateFile, string KeyFile) IssueServer(string commonName) => Issue(commonName, ServerAuthentication);

    /// <summary>A client's certificate.</summary>
    public (string CertificateFile, string KeyFile) IssueClient(string commonName) => Issue(commonName, ClientAuthentication);

    /// <inheritdoc/>
    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    private (string CertificateFile, string KeyFile) Issue(string commonName, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (usage == ServerAuthentication)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(_authority, _now.AddDays(-1), _now.AddDays(30), RandomNumberGenerator.GetBytes(8));
        var files = (CertificateFile: Path.Combine(_folder, $"{commonName}.pem"), KeyFile: Path.Combine(_folder, $"{commonName}.key"));
        File.WriteAllText(files.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(files.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
