namespace Contracts.Signing;

/// <summary>Judges signatures of one kind with one key. Thread-safe.</summary>
public interface ISignatureVerifier
{
    /// <summary>Whether a signature was made with the key over this content.</summary>
    /// <param name="signature">One signature as it arrived, with its version; of another version it is none of this key's.</param>
    /// <param name="content">What <see cref="WebhookSignature"/> puts together of a webhook.</param>
    bool IsRight(ReadOnlySpan<char> signature, ReadOnlySpan<byte> content);
}
