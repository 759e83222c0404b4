using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>TLS of the program's own, from files.</summary>
[Parallelizable]
public sealed class TlsTests
{
    private TemporaryFolder folder = null!;
    private int port;

    private string[] Settings =>
        [$"--urls=https://127.0.0.1:{port}", $"--Tls:Certificate={folder.File("cert.pem")}", $"--Tls:Key={folder.File("key.pem")}"];

    [SetUp]
    public void Open()
    {
        folder = new TemporaryFolder();
        port = Ports.Take();
    }

    [TearDown]
    public void Close() => folder.Dispose();

    [Test]
    public async Task A_certificate_that_changes_is_served_without_a_restart_and_old_protocols_are_refused()
    {
        Write("first");
        await using var standalone = new StandaloneProcess([.. Settings, "--Tls:Hsts=1.00:00:00"]);
        await standalone.StartAsync(wait: false);
        await Eventually.That(async () => await SubjectAsync() == "CN=first", TimeSpan.FromSeconds(90), () => standalone.Output);

        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=first" },
        });
        using var answer = await http.GetAsync($"https://127.0.0.1:{port}/health");
        Assert.That(answer.Headers.GetValues("Strict-Transport-Security"), Is.EqualTo(new[] { "max-age=86400" }));

#pragma warning disable CA5397, SYSLIB0039 // What is asked for is what has to be refused.
        Assert.That(() => SubjectAsync(SslProtocols.Tls11), Throws.InstanceOf<Exception>());
#pragma warning restore CA5397, SYSLIB0039

        Write("second");
        await Eventually.That(async () => await SubjectAsync() == "CN=second", TimeSpan.FromSeconds(60), () => standalone.Output);

        await File.WriteAllTextAsync(folder.File("cert.pem"), "half written");
        await Eventually.That(
            async () => await SubjectAsync() == "CN=second"
                && standalone.Output.Contains("the previous one stays in use", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), () => standalone.Output);
    }

    [Test]
    public async Task A_certificate_that_cannot_be_used_stops_the_start()
    {
        await using var standalone = new StandaloneProcess(Settings);
        await standalone.StartAsync(wait: false);
        await standalone.ExitedAsync();

        Assert.That(standalone.ExitCode, Is.EqualTo(2), standalone.Output);
        Assert.That(standalone.Output, Does.Contain("Tls:Certificate").And.Contain("cert.pem").And.Not.Contain("   at "));
    }

    [Test]
    public async Task Clients_show_a_certificate_of_the_authority_where_that_is_required()
    {
        Write("server");
        using var authority = Create("authority", issuer: null);
        using var own = Create("own", authority);
        using var foreign = Create("foreign", issuer: null);
        await File.WriteAllTextAsync(folder.File("authority.pem"), authority.ExportCertificatePem());
        await using var standalone = new StandaloneProcess(
            [.. Settings, "--Tls:Clients=RequireCertificate", $"--Tls:Authorities={folder.File("authority.pem")}"]);
        await standalone.StartAsync(wait: false);

        await Eventually.That(async () => await StatusAsync(own) == 200, TimeSpan.FromSeconds(90), () => standalone.Output);
        Assert.That((await StatusAsync(null), await StatusAsync(foreign)), Is.EqualTo((0, 0)));
    }

    /// <returns>0 if there is no answer.</returns>
    private async Task<int> StatusAsync(X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, server, _, _) => server!.Subject == "CN=server",
                ClientCertificates = certificate is null ? null : [certificate],
            },
        };
        using var http = new HttpClient(handler);
        try
        {
            using var answer = await http.GetAsync($"https://127.0.0.1:{port}/health");
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private async Task<string?> SubjectAsync(SslProtocols protocols = SslProtocols.None)
    {
        string? subject = null;
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
        }
        catch (SocketException)
        {
            return null;
        }

        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => (subject = certificate?.Subject) is not null,
        });
        return subject;
    }

    private void Write(string name)
    {
        using var certificate = Create(name, issuer: null);
        File.WriteAllText(folder.File("key.pem"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(folder.File("cert.pem"), certificate.ExportCertificatePem());
    }

    private static X509Certificate2 Create(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        var (from, until) = (DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        if (issuer is null)
        {
            return request.CreateSelfSigned(from, until);
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var plain = request.Create(issuer, from.AddDays(1), until.AddDays(-1), [1, 2, 3, 4]);

        // Through a store of its own: the handshake needs a key that can be used there.
        using var with = plain.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(with.Export(X509ContentType.Pkcs12), null);
    }
}
