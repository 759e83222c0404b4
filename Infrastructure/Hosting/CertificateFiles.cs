using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Hosting;

/// <summary>The server's certificate from its files, read again when they change: whoever renews it need not restart the service.</summary>
/// <remarks>Kestrel reads files again only where it also watches the settings, which would watch the working directory.</remarks>
internal sealed partial class CertificateFiles(IOptions<TlsOptions> options, TimeProvider time, ILogger<CertificateFiles> logger)
{
    /// <summary>Pause between two looks at the files, which handshakes take.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private Loaded? loaded;
    private long looked;

    /// <summary>Gives the server's HTTPS addresses their certificate, where one is configured.</summary>
    public void Apply(HttpsConnectionAdapterOptions https)
    {
        var tls = options.Value;
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (string.IsNullOrWhiteSpace(tls.Certificate))
        {
            return;
        }

        https.ServerCertificateSelector = (_, _) => Current().Leaf;
        https.OnAuthenticate = (_, handshake) =>
        {
            // With the certificates that lead to its root, which a selector cannot give.
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = Current().Context;
        };
        https.ClientCertificateMode = tls.Clients;
        if (tls.Clients != ClientCertificateMode.NoCertificate)
        {
            var authorities = ReadAuthorities(tls);
            https.ClientCertificateValidation = (certificate, _, _) => IsTrusted(certificate, authorities);
        }
    }

    /// <summary>Why files cannot be used; null if they can.</summary>
    public static string? FindFault(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return error.Message;
        }
    }

    public static void Read(TlsOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Certificate))
        {
            Load(options);
        }
    }

    public static X509Certificate2Collection ReadAuthorities(TlsOptions options)
    {
        var authorities = new X509Certificate2Collection();
        if (!string.IsNullOrWhiteSpace(options.Authorities))
        {
            authorities.ImportFromPemFile(options.Authorities);
        }

        return authorities;
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        // For clients (RFC 5280 §4.2.1.12): a server's certificate is none.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }

    private static Loaded Load(TlsOptions options)
    {
        var changed = ChangedAt(options);
        var leaf = X509Certificate2.CreateFromPemFile(options.Certificate!, string.IsNullOrWhiteSpace(options.Key) ? null : options.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.Certificate!);
        return new Loaded(leaf, SslStreamCertificateContext.Create(leaf, chain, offline: true), changed);
    }

    private static (DateTime Certificate, DateTime Key) ChangedAt(TlsOptions options) => (
        File.GetLastWriteTimeUtc(options.Certificate!),
        string.IsNullOrWhiteSpace(options.Key) ? default : File.GetLastWriteTimeUtc(options.Key));

    private Loaded Current()
    {
        lock (gate)
        {
            if (loaded is null)
            {
                (loaded, looked) = (Load(options.Value), time.GetTimestamp());
            }
            else if (time.GetElapsedTime(looked) > Pause)
            {
                looked = time.GetTimestamp();
                if (ChangedAt(options.Value) != loaded.ChangedAt)
                {
                    Reload(loaded);
                }
            }

            return loaded;
        }
    }

    private void Reload(Loaded before)
    {
        if (FindFault(() => loaded = Load(options.Value)) is { } fault)
        {
            // Half written, most likely: the one before goes on until the next look.
            loaded = before;
            LogUnreadable(fault);
            return;
        }

        LogReloaded(loaded!.Leaf.NotAfter.ToUniversalTime());
    }

    [LoggerMessage(4404, LogLevel.Information, "The TLS certificate was reloaded; it is valid until {NotAfter}")]
    private partial void LogReloaded(DateTime notAfter);

    [LoggerMessage(4405, LogLevel.Warning, "The TLS certificate cannot be reloaded, and the previous one stays in use: {Reason}")]
    private partial void LogUnreadable(string reason);

    private sealed record Loaded(
        X509Certificate2 Leaf, SslStreamCertificateContext Context, (DateTime Certificate, DateTime Key) ChangedAt);
}
