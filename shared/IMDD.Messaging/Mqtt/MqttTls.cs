using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace IMDD.Messaging.Mqtt;

/// <summary>TLS settings of one connection; the files are read at each, so that rotated certificates need no restart.</summary>
internal static class MqttTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The settings, or null where TLS is off.</summary>
    /// <exception cref="CryptographicException">A file is not PEM, or key and certificate do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static MqttClientTlsOptions? Create(MqttSessionOptions options)
    {
        if (!options.UseTls)
        {
            return null;
        }

        var tls = new MqttClientTlsOptions
        {
            UseTls = true,
            SslProtocol = SslProtocols.Tls12 | SslProtocols.Tls13,
            TargetHost = options.Host,
        };
        if (options.CaFile is { } caFile)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(caFile);
            tls.CertificateValidationHandler = received => IsTrusted(received, authorities);
        }

        if (options.CertificateFile is { } certificateFile)
        {
            tls.ClientCertificatesProvider = new DefaultMqttCertificatesProvider(
                [X509Certificate2.CreateFromPemFile(certificateFile, options.KeyFile)]);
        }

        return tls;
    }

    private static bool IsTrusted(MqttClientCertificateValidationEventArgs received, X509Certificate2Collection authorities)
    {
        // A chain error is expected, the system's store does not know a plant's own authority; a wrong name or none at all is not.
        if ((received.SslPolicyErrors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (received.Chain is { } presented)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        }

        using var certificate = X509CertificateLoader.LoadCertificate(received.Certificate.GetRawCertData());
        return chain.Build(certificate);
    }
}
