using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Contracts.Storage;
using Infrastructure.Hosting;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Tests.Infrastructure.Mongo;

/// <summary>Certificates that a connection string names, as a server that speaks TLS, and nothing else, sees them.</summary>
[Parallelizable]
public sealed class MongoTlsTests
{
    private string folder = null!;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("timers-tls-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [TestCase("tlsCAFile={0}/ca.pem", true)]
    [TestCase("tlsCAFile={0}/ca.pem&tlsCertificateKeyFile={0}/client.pem", true)]
    [TestCase("tlsCAFile={0}/other.pem", false)]
    [TestCase("tlsCAFile={0}/other.pem&tlsAllowInvalidCertificates=true", true)]
    [TestCase("tls=true", false)]
    [TestCase("tls=true&tlsInsecure=true", true)]
    public async Task A_server_is_spoken_to_when_the_authority_that_is_named_vouches_for_it(string options, bool trusted) =>
        Assert.That(await IsSpokenToAsync(options, "localhost"), Is.EqualTo(trusted));

    [TestCase("tlsCAFile={0}/ca.pem", false)]
    [TestCase("tlsCAFile={0}/ca.pem&tlsAllowInvalidHostnames=true", true)]
    public async Task A_server_of_another_name_is_not_spoken_to_unless_any_name_will_do(string options, bool trusted) =>
        Assert.That(await IsSpokenToAsync(options, "another.example"), Is.EqualTo(trusted));

    [TestCase("tlsCAFile=/nowhere/ca.pem")]
    [TestCase("tlsCertificateKeyFile=/nowhere/key.pem&tlsCertificateKeyFilePassword=s3cret")]
    [TestCase("tls=true&tlsAllowInvalidHostnames=perhaps")]
    public void Certificates_that_cannot_be_read_stop_the_start(string options)
    {
        var error = Assert.Throws<StartupException>(() => MongoAddress.Check($"mongodb://h/?{options}"));

        Assert.That(error.Message, Does.Contain("ConnectionStrings:MongoDb").And.Contain("tls").And.Not.Contain("s3cret"));
    }

    private async Task<bool> IsSpokenToAsync(string options, string serverName)
    {
        using var authority = Authority("ca");
        using var other = Authority("other");
        using var server = Issued(authority, serverName);
        using var client = Issued(authority, "client");
        await File.WriteAllTextAsync(
            $"{folder}/client.pem", client.ExportCertificatePem() + "\n" + client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var spoken = ServeAsync(
            listener, server, options.Contains("tlsCertificateKeyFile", StringComparison.Ordinal) ? client.Thumbprint : null);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, options, folder);
        using var connection = new MongoConnection(
            $"mongodb://localhost:{port}/?{text}&serverSelectionTimeoutMS=3000", new MongoOptions(), TimeProvider.System);

        // Nobody answers it, so it fails in any case; what counts is how far it came.
        Assert.That(
            () => connection.RunAsync(
                MongoLane.Clients, rows => rows.Database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1)), default),
            Throws.TypeOf<StoreUnavailableException>());
        listener.Stop();
        return await spoken;
    }

    /// <summary>Whether anything but the handshake came.</summary>
    private static async Task<bool> ServeAsync(TcpListener listener, X509Certificate2 certificate, string? client)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = client is not null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, given, _, _) => client is null || given?.GetCertHashString() == client,
        };
        var spoken = false;
        while (true)
        {
            try
            {
                using var connected = await listener.AcceptTcpClientAsync();
                await using var stream = new SslStream(connected.GetStream());
                await stream.AuthenticateAsServerAsync(options);
                spoken |= await stream.ReadAsync(new byte[16]) > 0;
            }
            catch (Exception error) when (error is IOException or AuthenticationException)
            {
                // The client does not trust this server.
            }
            catch (Exception error) when (error is SocketException or InvalidOperationException)
            {
                // The listener is stopped, in the middle of a wait or between two.
                return spoken;
            }
        }
    }

    private X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText($"{folder}/{name}.pem", authority.ExportCertificatePem());
        return authority;
    }

    private static X509Certificate2 Issued(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
