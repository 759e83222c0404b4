using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Infrastructure.Hosting;

/// <summary>TLS of the service's own addresses (<c>--urls https://…</c>): 1.2 and later.</summary>
public sealed class TlsOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tls";

    /// <summary>A PEM file with the certificate, and those that lead to its root. It is read again when it changes. Default none.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with its private key; not needed if the certificate's file has it. Default none.</summary>
    public string? Key { get; set; }

    /// <summary>Whether clients show certificates: NoCertificate, AllowCertificate or RequireCertificate. Default NoCertificate.</summary>
    [EnumDataType(typeof(ClientCertificateMode))]
    public ClientCertificateMode Clients { get; set; }

    /// <summary>A PEM file with the only authorities whose clients are accepted. Needed where clients show certificates.</summary>
    public string? Authorities { get; set; }

    /// <summary>How long browsers are to come by TLS only (HSTS), on answers over TLS; 0 to 10 years. Default 0: nothing is said.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan Hsts { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Certificate) && !string.IsNullOrWhiteSpace(Key))
        {
            yield return new ValidationResult("needs a Certificate.", [nameof(Key)]);
        }

        if (Clients != ClientCertificateMode.NoCertificate && string.IsNullOrWhiteSpace(Authorities))
        {
            yield return new ValidationResult("is needed to tell which clients' certificates are accepted.", [nameof(Authorities)]);
        }

        foreach (var (name, read) in new (string, Action)[]
        {
            (nameof(Certificate), () => CertificateFiles.Read(this)), (nameof(Authorities), () => CertificateFiles.ReadAuthorities(this)),
        })
        {
            if (CertificateFiles.FindFault(read) is { } fault)
            {
                yield return new ValidationResult($"cannot be used: {fault}", [name]);
            }
        }
    }
}
