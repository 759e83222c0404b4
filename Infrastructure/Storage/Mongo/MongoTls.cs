using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Infrastructure.Hosting;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace Infrastructure.Storage.Mongo;

/// <summary>
/// Options of a connection string that name certificates: MongoDB's other drivers support them, this one leaves them to the application.
/// </summary>
internal sealed class MongoTls
{
    private const string AuthorityFile = "tlsCAFile";
    private const string KeyFile = "tlsCertificateKeyFile";
    private const string KeyPassword = "tlsCertificateKeyFilePassword";
    private const string AnyHost = "tlsAllowInvalidHostnames";
    private const string AnyCertificate = "tlsAllowInvalidCertificates";

    private readonly X509Certificate2Collection authorities = [];
    private readonly X509Certificate2? own;
    private readonly bool anyHost;
    private readonly bool anyCertificate;

    /// <summary>Reads the files that the options name.</summary>
    /// <exception cref="StartupException">A file cannot be read, or a switch is neither true nor false.</exception>
    public MongoTls(ConnectionString options)
    {
        anyHost = IsTrue(options, AnyHost);
        anyCertificate = IsTrue(options, AnyCertificate);
        if (options.GetOption(AuthorityFile) is { Length: > 0 } authority)
        {
            authorities = Read(AuthorityFile, () => ReadAll(authority));
        }

        if (options.GetOption(KeyFile) is { Length: > 0 } key)
        {
            own = Read(KeyFile, () => options.GetOption(KeyPassword) is { Length: > 0 } password
                ? X509Certificate2.CreateFromEncryptedPemFile(key, password)
                : X509Certificate2.CreateFromPemFile(key));
        }
    }

    /// <summary>Names of the options, case-insensitive.</summary>
    public static IReadOnlySet<string> Options { get; } =
        new HashSet<string>([AuthorityFile, KeyFile, KeyPassword, AnyHost, AnyCertificate], StringComparer.OrdinalIgnoreCase);

    /// <summary>Passes to the driver what was read. Without any of the options, the driver's own settings stay.</summary>
    public void Apply(MongoClientSettings settings)
    {
        if (authorities.Count == 0 && own is null && !anyHost && !anyCertificate)
        {
            return;
        }

        // Naming a certificate means asking for TLS, as in MongoDB's other drivers.
        settings.UseTls = true;
        var ssl = settings.SslSettings?.Clone() ?? new SslSettings();
        if (own is not null)
        {
            ssl.ClientCertificates = [own];
        }

        if (!settings.AllowInsecureTls && (authorities.Count > 0 || anyHost || anyCertificate))
        {
            ssl.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);
        }

        settings.SslSettings = ssl;
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (anyHost)
        {
            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        if (anyCertificate || IsOfAuthority(certificate, chain))
        {
            errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
        }
        else if (authorities.Count > 0)
        {
            // The system may trust whoever signed it, but the operator named other authorities.
            return false;
        }

        return errors == SslPolicyErrors.None;
    }

    private bool IsOfAuthority(X509Certificate? certificate, X509Chain? presented)
    {
        if (authorities.Count == 0 || certificate is not X509Certificate2 server)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        }

        return chain.Build(server);
    }

    private static bool IsTrue(ConnectionString options, string name) => options.GetOption(name) switch
    {
        null => false,
        var given when bool.TryParse(given, out var value) => value,
        _ => throw Unreadable(name, "it is true or false."),
    };

    private static X509Certificate2Collection ReadAll(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("It holds no certificate.");
    }

    private static T Read<T>(string option, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unreadable(option, error.Message);
        }
    }

    private static StartupException Unreadable(string option, string reason) =>
        new($"ConnectionStrings:MongoDb cannot be used: {option}: {reason}");
}
