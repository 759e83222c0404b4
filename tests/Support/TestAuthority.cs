using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tests.Support;

/// <summary>A certificate authority that nobody trusts but those who are told to.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=Tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Certificate = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate of a server on loopback.</summary>
    /// <param name="names">Names that it is for as well.</param>
    public X509Certificate2 IssueServer(params string[] names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddIpAddress(IPAddress.Loopback);
        alternatives.AddDnsName("localhost");
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        // Not of the ephemeral kind, which not every platform can serve with.
        using var made = Issue("CN=server", "1.3.6.1.5.5.7.3.1", alternatives.Build());
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Writes a client's certificate and its key as PEM files.</summary>
    public (string Certificate, string Key) WriteClient(TemporaryFolder folder, string name)
    {
        using var made = Issue($"CN={name}", "1.3.6.1.5.5.7.3.2");
        var (certificate, privateKey) = (folder.File($"{name}.pem"), folder.File($"{name}.key"));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(privateKey, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return (certificate, privateKey);
    }

    /// <summary>Writes its own certificate as a PEM file.</summary>
    public string WriteRoots(TemporaryFolder folder, string name = "roots.pem")
    {
        File.WriteAllText(folder.File(name), Certificate.ExportCertificatePem());
        return folder.File(name);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        key.Dispose();
    }

    private X509Certificate2 Issue(string subject, string usage, X509Extension? names = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        using var issued = request.Create(Certificate, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(own);
    }
}
