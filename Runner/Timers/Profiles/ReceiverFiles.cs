using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Runner.Timers.Receivers;

namespace Runner.Timers.Profiles;

/// <summary>What is in the files that settings of a receiver name.</summary>
/// <param name="Tls">What is expected of its certificate and shown to it; null if nothing special is.</param>
/// <param name="ClientSecret">That of the token endpoint; null for none.</param>
internal sealed record ReceiverFiles(SslClientAuthenticationOptions? Tls, string? ClientSecret)
{
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    /// <exception cref="CryptographicException">It is not what it should be.</exception>
    public static ReceiverFiles Read(ReceiverSettings settings)
    {
        var secret = settings.Tokens?.ClientSecret
            ?? (settings.Tokens?.ClientSecretFile is { } file ? File.ReadAllText(file).Trim() : null);
        return secret?.Length == 0 ? throw new CryptographicException("The client's secret is empty.")
            : new ReceiverFiles(ReadTls(settings), secret);
    }

    /// <summary>Why the files cannot be used; null if they can.</summary>
    public static string? FindFault(ReceiverSettings settings)
    {
        try
        {
            Read(settings);
            return null;
        }
        catch (Exception error) when (IsFault(error))
        {
            return error.Message;
        }
    }

    /// <summary>Whether it says that a file cannot be used.</summary>
    public static bool IsFault(Exception error) =>
        error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private static SslClientAuthenticationOptions? ReadTls(ReceiverSettings settings)
    {
        if ((settings.Roots ?? settings.Certificate) is null)
        {
            return null;
        }

        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = ReceiverHttp.ChainPolicy() };
        if (settings.Roots is { } roots)
        {
            tls.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(roots);
            if (tls.CertificateChainPolicy.CustomTrustStore.Count == 0)
            {
                throw new CryptographicException($"{roots} has no certificate.");
            }
        }

        if (settings.Certificate is { } certificate)
        {
            var leaf = X509Certificate2.CreateFromPemFile(certificate, settings.Key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        }

        return tls;
    }
}
